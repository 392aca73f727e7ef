using System.Text;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>Text packets: Socket.IO v5, "Packet encoding".</summary>
public class PacketDecoderTests
{
    private readonly PacketDecoder _decoder = new();

    [Theory]
    [InlineData("0", PacketType.Connect, "/", null, "")]
    [InlineData("0{\"token\":\"123\"}", PacketType.Connect, "/", null, "{\"token\":\"123\"}")]
    [InlineData("0/admin,{\"a\":1}", PacketType.Connect, "/admin", null, "{\"a\":1}")]
    [InlineData("0/admin", PacketType.Connect, "/admin", null, "")]
    [InlineData("0/admin?token=1,", PacketType.Connect, "/admin?token=1", null, "")]
    [InlineData("0/é,", PacketType.Connect, "/é", null, "")]
    [InlineData("1", PacketType.Disconnect, "/", null, "")]
    [InlineData("1/admin,", PacketType.Disconnect, "/admin", null, "")]
    [InlineData("2[\"foo\"]", PacketType.Event, "/", null, "[\"foo\"]")]
    [InlineData("2/admin,[\"bar\"]", PacketType.Event, "/admin", null, "[\"bar\"]")]
    [InlineData("212[\"foo\"]", PacketType.Event, "/", 12L, "[\"foo\"]")]
    [InlineData("2/admin,0[\"foo\"]", PacketType.Event, "/admin", 0L, "[\"foo\"]")]
    [InlineData("2[1,2]", PacketType.Event, "/", null, "[1,2]")]
    [InlineData("2[-1]", PacketType.Event, "/", null, "[-1]")]
    [InlineData("2", PacketType.Event, "/", null, "")]
    [InlineData("312[\"bar\"]", PacketType.Ack, "/", 12L, "[\"bar\"]")]
    [InlineData("3/admin,13[]", PacketType.Ack, "/admin", 13L, "[]")]
    [InlineData("4{\"message\":\"no\"}", PacketType.ConnectError, "/", null, "{\"message\":\"no\"}")]
    [InlineData("4\"no\"", PacketType.ConnectError, "/", null, "\"no\"")]
    [InlineData("2999999999999999999[\"a\"]", PacketType.Event, "/", 999999999999999999L, "[\"a\"]")]
    public void A_packet_is_read(string text, PacketType type, string name, long? id, string json)
    {
        Assert.Equal(DecodeStatus.Complete, Add(text, out var packet));

        Assert.Equal((type, name, id), (packet.Type, packet.Namespace, packet.Id));
        Assert.Equal(json, Encoding.UTF8.GetString(packet.Payload.Json.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("{}")]
    [InlineData("0[]")]
    [InlineData("0\"token\"")]
    [InlineData("0{\"a\":")]
    [InlineData("0{}{}")]
    [InlineData("1{}")]
    [InlineData("1[\"foo\"]")]
    [InlineData("2{}")]
    [InlineData("2\"foo\"")]
    [InlineData("2[]")]
    [InlineData("2[null]")]
    [InlineData("2[true]")]
    [InlineData("2[{}]")]
    [InlineData("2[{\"toString\":\"foo\"}]")]
    [InlineData("2[[\"foo\"]]")]
    [InlineData("2[\"foo\"")]
    [InlineData("2[\"foo\"]]")]
    [InlineData("2[\"foo\",]")]
    [InlineData("2[\"foo\"]//")]
    [InlineData("2[\"foo\",undefined]")]
    [InlineData("2[\"foo\",NaN]")]
    [InlineData("2abc[\"foo\"]")]
    [InlineData("2-1[\"foo\"]")]
    [InlineData("21.5[\"foo\"]")]
    [InlineData("29999999999999999999[\"foo\"]")]
    [InlineData("2admin,[\"foo\"]")]
    [InlineData("3{}")]
    [InlineData("4[]")]
    [InlineData("2[\"connect\"]")]
    [InlineData("2[\"connect_error\"]")]
    [InlineData("2[\"disconnect\"]")]
    [InlineData("2[\"disconnecting\"]")]
    [InlineData("2[\"newListener\"]")]
    [InlineData("2[\"removeListener\"]")]
    [InlineData("2[\"\\u0063onnect\"]")]
    public void What_breaks_a_rule_is_invalid(string text)
    {
        Assert.Equal(DecodeStatus.Invalid, Add(text, out _));
    }

    [Fact]
    public void A_namespace_without_a_comma_goes_to_the_end()
    {
        Assert.Equal(DecodeStatus.Complete, Add("2/admin[\"foo\"]", out var packet));
        Assert.Equal("/admin[\"foo\"]", packet.Namespace);
        Assert.Equal(0, packet.Payload.Count);
    }

    [Fact]
    public void An_event_is_read_element_by_element()
    {
        Assert.Equal(DecodeStatus.Complete, Add("""2["foo", {"a":[1,{"b":2}]} ,[], "x\"y", null,-1.5e3]""", out var packet));

        var payload = packet.Payload;
        var elements = Enumerable.Range(0, payload.Count).Select(i => Encoding.UTF8.GetString(payload[i].Span));
        Assert.Equal(["\"foo\"", "{\"a\":[1,{\"b\":2}]}", "[]", "\"x\\\"y\"", "null", "-1.5e3"], elements);
        Assert.Equal("foo", Encoding.UTF8.GetString(payload.EventName.Span));
    }

    [Theory]
    [InlineData("2[\"f\\u006fo\"]", "foo")]
    [InlineData("2[\"\"]", "")]
    [InlineData("2[42]", "42")]
    [InlineData("2[\"__proto__\"]", "__proto__")]
    [InlineData("2[\"\\ud83d\\ude00\"]", "😀")]
    [InlineData("2[\"\\ud83d\"]", "\ufffd")]
    public void A_name_is_what_its_escapes_mean(string text, string name)
    {
        Assert.Equal(DecodeStatus.Complete, Add(text, out var packet));
        Assert.Equal(name, Encoding.UTF8.GetString(packet.Payload.EventName.Span));
    }

    [Theory]
    [InlineData(60, DecodeStatus.Complete)]
    [InlineData(70, DecodeStatus.Invalid)]
    [InlineData(100_000, DecodeStatus.Invalid)]
    public void Nesting_is_bounded(int depth, DecodeStatus status)
    {
        Assert.Equal(status, Add($"2[\"foo\",{new string('[', depth)}{new string(']', depth)}]", out _));
    }

    [Fact]
    public void A_million_elements_are_read_and_leave_nothing_behind()
    {
        Assert.Equal(DecodeStatus.Complete, Add($"2[\"foo\"{string.Concat(Enumerable.Repeat(",1", 1_000_000))}]", out var packet));
        Assert.Equal(1_000_001, packet.Payload.Count);

        Assert.Equal(DecodeStatus.Complete, Add("2[\"foo\",7]", out packet));
        Assert.Equal("7", Encoding.UTF8.GetString(packet.Payload[1].Span));
    }

    [Fact]
    public void A_detached_packet_outlives_the_message_it_came_in()
    {
        var message = Encoding.UTF8.GetBytes("""2["foo","bar"]""");
        _decoder.Add(message, out var packet);
        var detached = packet.Detach();

        Array.Clear(message);
        Add("2[\"other\"]", out _);

        Assert.Equal("foo", Encoding.UTF8.GetString(detached.Payload.EventName.Span));
        Assert.Equal("\"bar\"", Encoding.UTF8.GetString(detached.Payload[1].Span));
    }

    [Fact]
    public void A_name_with_escapes_that_is_no_UTF8_is_invalid() =>
        Assert.Equal(DecodeStatus.Invalid, _decoder.Add((byte[])[.. "2[\"a\\n"u8, 0xEE, .. "\"]"u8], out _));

    private DecodeStatus Add(string text, out Packet packet) => _decoder.Add(Encoding.UTF8.GetBytes(text), out packet);
}
