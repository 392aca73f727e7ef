using System.Text;
using System.Text.Json;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>Values that are passed on as they came, one by one or all arguments of an event.</summary>
[Trait("Stage", "fast")]
public class RawJsonTests
{
    private const string First = """{"_placeholder":true,"num":0}""";
    private const string Second = """{"_placeholder":true,"num":1}""";

    private readonly JsonCodec _codec = new();

    private sealed record Box(int Id, RawJson Value);

    [Theory]
    [InlineData("null")]
    [InlineData("1.50")]
    [InlineData("\"\\u00e9\"")]
    [InlineData("""{ "b" : [ 1,{} ], "a":"<" }""")]
    public void A_value_is_written_byte_by_byte_as_it_came(string json)
    {
        Assert.Equal($"""["e",{json}]""", Write(Raw(json)));
        Assert.Equal($$"""["e",{"id":7,"value":{{json}}}]""", Write(new Box(7, Raw(json))));
        Assert.Equal($"""["e",[{json},{json}]]""", Write(new[] { Raw(json), Raw(json) }));
    }

    [Fact]
    public void No_value_is_null()
    {
        Assert.Equal("""["e",null]""", Write(default(RawJson)));
        Assert.Equal("""["e",null]""", Write(new RawJson()));
        Assert.Equal("""["e",{"id":1,"value":null}]""", Write(new Box(1, default)));
        Assert.Equal("null", new RawJson().ToString());
    }

    [Fact]
    public void A_value_in_an_object_is_read_as_it_came()
    {
        Assert.True(_codec.TryRead<Box>("""{"id":7,"value":{ "a" : [1.0, null] }}"""u8, [], out var box));
        Assert.Equal((7, """{ "a" : [1.0, null] }"""), (box!.Id, box.Value.ToString()));

        Assert.True(_codec.TryRead("""{"id":7,"value":null}"""u8, [], out box));
        Assert.Equal("null", box!.Value.ToString());

        Assert.True(_codec.TryRead(Encoding.UTF8.GetBytes($$"""{"id":7,"value":[{{First}}]}"""), [[9]], out box));
        Assert.Equal([9], Assert.Single(box!.Value.Attachments));
    }

    [Fact]
    public void Attachments_get_new_numbers_wherever_they_stand()
    {
        var json = $$$"""[1.50,"é\n",{{{Second}}},[[{{{First}}}],{}],{"a":{"b":{{{Second}}},"c":true}},null,[]]""";
        using var payload = PayloadBuilder.StartEvent(_codec, "e");
        payload.Add(new byte[] { 1 });
        payload.Add(Raw(json, [8], [9]));
        payload.Complete();

        Assert.Equal(
            """
            ["e",{"_placeholder":true,"num":0},[1.50,"é\n",{"_placeholder":true,"num":1},[[{"_placeholder":true,"num":2}],{}],{"a":{"b":{"_placeholder":true,"num":3},"c":true}},null,[]]]
            """,
            Encoding.UTF8.GetString(payload.Json));
        Assert.Equal(["01", "09", "08", "09"], payload.Attachments.Select(static data => Convert.ToHexString(data.Span)));
    }

    [Theory]
    [InlineData("""{"_placeholder":true,"num":1}""")]
    [InlineData("""{"_placeholder":true,"num":-1}""")]
    [InlineData("""{"_placeholder":true}""")]
    [InlineData("""{"_placeholder":false,"num":0}""")]
    [InlineData("""{"_placeholder":1,"num":0}""")]
    [InlineData("""{"num":0}""")]
    [InlineData("""{"_placeholder":true,"num":"0"}""")]
    [InlineData("""{"_placeholder":true,"num":0.5}""")]
    [InlineData("""{"_placeholder":true,"num":99999999999}""")]
    public void What_stands_for_no_attachment_stays_an_object(string json)
    {
        using var payload = PayloadBuilder.StartEvent(_codec, "e");
        payload.Add(Raw(json, [9]));
        payload.Complete();

        Assert.Equal($"""["e",{json}]""", Encoding.UTF8.GetString(payload.Json));
        Assert.Empty(payload.Attachments);
    }

    [Theory]
    [InlineData(0, "[\"e\",1,{\"_placeholder\":true,\"num\":0},\"x\"]")]
    [InlineData(1, "[\"e\",{\"_placeholder\":true,\"num\":0},\"x\"]")]
    [InlineData(2, "[\"e\",\"x\"]")]
    [InlineData(3, "[\"e\"]")]
    [InlineData(4, "[\"e\"]")]
    public void All_arguments_from_one_on_are_passed_on(int start, string expected)
    {
        var arguments = new EventArguments(Decode($"""3[1,{First},"x"]""", [5]), start, _codec);

        Assert.Equal(Math.Max(0, 3 - start), arguments.Count);
        Assert.Equal(expected, Write(arguments));
    }

    [Fact]
    public void An_argument_is_read_as_its_type_and_as_no_other()
    {
        var arguments = new EventArguments(Decode($"""3[1,{First},"x"]""", [5]), 0, _codec);

        Assert.Equal((1, "x"), (arguments.Get<int>(0), arguments.Get<string>(2)));
        Assert.Equal([5], arguments.Get<byte[]>(1));
        Assert.Equal("1", arguments[0].ToString());
        Assert.Equal("Argument 2 is no Int32.", Assert.Throws<JsonException>(() => arguments.Get<int>(2)).Message);
        Assert.Throws<IndexOutOfRangeException>(() => arguments[3]);
        Assert.Throws<ArgumentNullException>(() => new EventArguments(default, 0, null!));
    }

    [Fact]
    public void A_builder_that_grew_large_is_not_kept_and_the_next_one_is_as_new()
    {
        for (var round = 0; round < 3; round++)
        {
            using (var large = PayloadBuilder.StartEvent(_codec, "e"))
            {
                large.Add(new string('x', 200_000));
                large.Add(new byte[] { 1 });
                large.Complete();
            }

            Assert.Equal("""["e",1]""", Write(1));
        }
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("connect_error")]
    [InlineData("disconnect")]
    [InlineData("disconnecting")]
    [InlineData("newListener")]
    [InlineData("removeListener")]
    public void A_name_of_the_library_is_reserved_and_none_that_resembles_it(string name)
    {
        Assert.True(ReservedEvents.Contains(name));
        Assert.True(ReservedEvents.Contains(Encoding.UTF8.GetBytes(name)));

        foreach (var other in new[] { name[1..], name[..^1], name + "s", name.ToUpperInvariant(), "x" + name[1..], "" })
        {
            Assert.False(ReservedEvents.Contains(other));
            Assert.False(ReservedEvents.Contains(Encoding.UTF8.GetBytes(other)));
        }
    }

    private static RawJson Raw(string json, params byte[][] attachments) => new(Encoding.UTF8.GetBytes(json), attachments);

    private string Write<T>(T value)
    {
        using var payload = PayloadBuilder.StartEvent(_codec, "e");
        payload.Add(value);
        payload.Complete();
        return Encoding.UTF8.GetString(payload.Json);
    }

    /// <summary>Reads an answer with one attachment.</summary>
    private static JsonPayload Decode(string text, byte[] attachment)
    {
        var decoder = new PacketDecoder();
        Assert.Equal(DecodeStatus.NeedsAttachment, decoder.Add(Encoding.UTF8.GetBytes($"61-1{text[1..]}"), out _));
        Assert.Equal(DecodeStatus.Complete, decoder.AddBinary(attachment, out var packet));
        return packet.Payload;
    }
}
