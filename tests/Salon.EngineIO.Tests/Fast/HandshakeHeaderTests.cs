using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What a session keeps of its first request's headers, and that it is found again.</summary>
[Trait("Stage", "fast")]
public class HandshakeHeaderTests
{
    [Fact]
    public void A_header_is_found_by_its_name_in_any_case_and_another_is_not()
    {
        var headers = Keep(("X-Name", "Zoë €"), ("X-Empty", ""));

        Assert.Equal("Zoë €", headers["x-name"]);
        Assert.Equal("", headers["X-EMPTY"]);
        Assert.True(headers.ContainsKey("X-NAME"));
        Assert.False(headers.TryGetValue("X-Nam", out _));
        Assert.Throws<KeyNotFoundException>(() => headers["Other"]);
    }

    [Fact]
    public void A_name_that_comes_twice_is_one_header_with_both_values()
    {
        var headers = Keep(("X-Tag", "a"), ("Other", "o"), ("x-tag", "b"));

        Assert.Equal(new StringValues(["a", "b"]), headers["X-Tag"]);
        Assert.Equal(["X-Tag", "Other"], headers.Keys);
        Assert.Equal(headers.ToList().Count, headers.Count);
    }

    [Fact]
    public void What_is_for_the_connection_alone_and_pseudo_headers_are_not_kept()
    {
        var headers = Keep(("Connection", "Upgrade"), ("sec-websocket-key", "x"), (":authority", "h"), ("", "nameless"), ("Host", "h"));

        Assert.Equal(["Host"], headers.Keys);
    }

    [Fact]
    public void Where_little_may_be_kept_what_applications_ask_for_comes_first_and_whole_headers_are_left_out()
    {
        var headers = new HandshakeHeaders([.. new[] { ("X-Large", new string('x', 60)), ("X-Small", "s"), ("Cookie", new string('c', 40)) }.Select(Pair)], maxBytes: 70);

        Assert.Equal(["Cookie", "X-Small"], headers.Keys);
        Assert.Equal(40, headers["Cookie"].ToString().Length);
        Assert.Empty(new HandshakeHeaders([Pair(("Cookie", "c"))], maxBytes: 0));
    }

    [Fact]
    public void A_header_of_just_the_bytes_that_are_left_is_kept()
    {
        // Two bytes of length each, the name, the value.
        Assert.Single(new HandshakeHeaders([Pair(("Host", "abc"))], maxBytes: 11));
        Assert.Empty(new HandshakeHeaders([Pair(("Host", "abc"))], maxBytes: 10));
    }

    [Theory]
    [InlineData(65_535, 1)]
    [InlineData(65_536, 0)]
    public void A_value_that_is_longer_than_a_length_can_say_is_left_out(int length, int count)
    {
        var headers = Keep(("X-Long", new string('x', length)), ("X-Short", "s"));

        Assert.Equal(count + 1, headers.Count);
        Assert.Equal("s", headers["X-Short"]);
    }

    private static HandshakeHeaders Keep(params (string Name, string Value)[] headers) => new([.. headers.Select(Pair)]);

    private static KeyValuePair<string, StringValues> Pair((string Name, string Value) header) => new(header.Name, header.Value);
}
