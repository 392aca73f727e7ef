using System.Text;

namespace Salon.EngineIO.Protocol.Tests;

/// <summary>Single packets: Engine.IO v4, "Packet encoding".</summary>
public class EnginePacketTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Binary_data_in_its_text_form_is_read_as_what_it_was(int length)
    {
        var data = Enumerable.Range(0, length).Select(static i => (byte)(i * 7)).ToArray();

        var encoded = EnginePacket.EncodeBase64(data);

        Assert.Equal("b" + Convert.ToBase64String(data), Encoding.ASCII.GetString(encoded));
        Assert.True(EnginePacket.TryParseText(encoded, out var packet));
        Assert.Equal((EnginePacketType.Message, true), (packet.Type, packet.IsBinary));
        Assert.Equal(data, packet.Data.ToArray());
    }

    [Theory]
    [InlineData("0{}", EnginePacketType.Open, "{}")]
    [InlineData("1", EnginePacketType.Close, "")]
    [InlineData("2probe", EnginePacketType.Ping, "probe")]
    [InlineData("3", EnginePacketType.Pong, "")]
    [InlineData("4hello", EnginePacketType.Message, "hello")]
    [InlineData("4", EnginePacketType.Message, "")]
    [InlineData("5", EnginePacketType.Upgrade, "")]
    [InlineData("6", EnginePacketType.Noop, "")]
    public void The_first_digit_is_the_type_and_the_rest_the_data(string text, EnginePacketType type, string data)
    {
        Assert.True(EnginePacket.TryParse(Encoding.UTF8.GetBytes(text), out var packet));

        Assert.Equal(type, packet.Type);
        Assert.Equal(data, Encoding.UTF8.GetString(packet.Data.Span));
        Assert.False(packet.IsBinary);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("9hello")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData(" 4")]
    [InlineData("\0")]
    [InlineData("é")]
    public void What_begins_with_no_type_is_no_packet(string text)
    {
        Assert.False(EnginePacket.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void The_handshake_has_exactly_the_five_keys_of_the_protocol()
    {
        var packet = new OpenPacket("lv_VI97HAXpY6yYWAAAC", ["websocket"], TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(20), 1_000_000);

        Assert.Equal(
            """0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}""",
            Encoding.UTF8.GetString(packet.Encode()));
    }
}
