using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Offsets: what clients show when they come back.</summary>
[Trait("Stage", "fast")]
public class EventPlaceTests
{
    [Theory]
    [InlineData("0-0")]
    [InlineData("1795225211705-12")]
    [InlineData("1795225211705-12.3")]
    [InlineData("1795225211705-12~0")]
    [InlineData("18446744073709551615-18446744073709551615~4294967295")]
    public void What_is_written_can_be_read(string text)
    {
        Assert.True(EventPlace.TryParse(text, out var place));
        Assert.Equal(text, place.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1-2.")]
    [InlineData("1-2~-1")]
    [InlineData("1-2.3.4")]
    [InlineData(" 1-2")]
    [InlineData("+1-2")]
    [InlineData("1-2\n")]
    [InlineData("1-18446744073709551616")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000000001-1")]
    public void Anything_else_is_no_offset(string text) => Assert.False(EventPlace.TryParse(text, out _));

    [Fact]
    public void Places_are_in_order()
    {
        string[] texts = ["0-0", "0-9", "0-10", "9-0", "9-0~1", "9-0.2", "9-1", "10-0"];
        var places = texts.Select(static text => EventPlace.TryParse(text, out var place) ? place : throw new FormatException(text)).ToList();

        Assert.Equal(places, places.AsEnumerable().Reverse().Order());
    }
}
