using System.Text;

namespace Salon.EngineIO.Protocol.Tests;

/// <summary>JSON-P, for pages that can neither send cross-origin requests nor open WebSockets.</summary>
public class JsonpPayloadTests
{
    [Theory]
    [InlineData("4hello", """___eio[3]("4hello");""")]
    [InlineData("4say \"hi\"\n", """___eio[3]("4say \"hi\"\n");""")]
    [InlineData("4\u2028\u2029", """___eio[3]("4\u2028\u2029");""")]
    [InlineData("4a\u001e4b", """___eio[3]("4a\u001E4b");""")]
    public void A_payload_becomes_a_call_of_the_page(string payload, string script)
    {
        Assert.Equal(script, Encoding.UTF8.GetString(JsonpPayload.Wrap(3, Encoding.UTF8.GetBytes(payload))));
    }

    [Theory]
    [InlineData("d=4hello", "4hello")]
    [InlineData("d=4a+b%20c", "4a b c")]
    [InlineData("x=1&d=4%C3%A9&y=2", "4é")]
    [InlineData("d=4a%5Cnb", "4a\nb")]
    [InlineData("d=4a%5C%5Cnb", "4a\\nb")]
    [InlineData("d=", "")]
    public void A_form_is_unwrapped(string form, string payload)
    {
        Assert.True(JsonpPayload.TryUnwrap(Encoding.UTF8.GetBytes(form), out var unwrapped));
        Assert.Equal(payload, Encoding.UTF8.GetString(unwrapped));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4hello")]
    [InlineData("D=4hello")]
    [InlineData("x=d=4hello")]
    public void A_form_without_data_is_refused(string form)
    {
        Assert.False(JsonpPayload.TryUnwrap(Encoding.UTF8.GetBytes(form), out _));
    }
}
