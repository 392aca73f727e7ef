using System.Text;
using System.Text.Json;

namespace Salon.SocketIO.Protocol.Tests;

/// <summary>What the server writes, and that it reads back what it wrote.</summary>
public class EncodingTests
{
    private readonly JsonCodec _codec = new();

    [Theory]
    [InlineData(PacketType.Connect, "/", null, 0, "0")]
    [InlineData(PacketType.Disconnect, "/admin", null, 0, "1/admin,")]
    [InlineData(PacketType.Event, "/", 12L, 0, "212")]
    [InlineData(PacketType.Event, "/admin", 7L, 2, "52-/admin,7")]
    [InlineData(PacketType.Ack, "/", 0L, 1, "61-0")]
    [InlineData(PacketType.ConnectError, "/é", null, 0, "4/é,")]
    [InlineData(PacketType.Event, "/", long.MaxValue, int.MaxValue, "52147483647-9223372036854775807")]
    public void A_header_is_written_as_the_protocol_shows_it(PacketType type, string name, long? id, int attachments, string text)
    {
        var header = new PacketHeader(type, name, id, attachments);
        var output = new byte[header.MaxLength];

        Assert.Equal(text, Encoding.UTF8.GetString(output, 0, header.Write(output)));
    }

    [Fact]
    public void Arguments_are_written_by_what_they_are()
    {
        using var payload = PayloadBuilder.StartEvent(_codec, "foo");
        payload.Add(1);
        payload.Add("é\"\n<");
        payload.Add<string?>(null);
        payload.Add(new { UserName = "Alice", At = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) });
        payload.Add<object>(new[] { 1.5, 2 });
        payload.Complete();

        Assert.Equal(
            """["foo",1,"é\"\n<",null,{"userName":"Alice","at":"2026-01-02T03:04:05Z"},[1.5,2]]""",
            Encoding.UTF8.GetString(payload.Json));
    }

    [Fact]
    public void Binary_data_at_any_depth_becomes_attachments_in_order()
    {
        using var payload = PayloadBuilder.StartEvent(_codec, "foo");
        payload.Add(new byte[] { 1 });
        payload.Add(new { Deep = new[] { new { Data = (ReadOnlyMemory<byte>)new byte[] { 2, 3 } } } });
        payload.Complete();

        Assert.Equal(
            """["foo",{"_placeholder":true,"num":0},{"deep":[{"data":{"_placeholder":true,"num":1}}]}]""",
            Encoding.UTF8.GetString(payload.Json));
        Assert.Equal(["01", "0203"], payload.Attachments.Select(data => Convert.ToHexString(data.Span)));
    }

    [Fact]
    public void Raw_json_with_attachments_is_passed_on_with_new_numbers()
    {
        var raw = new RawJson("""{"a":{"_placeholder":true,"num":0}}"""u8.ToArray(), [[9]]);
        using var payload = PayloadBuilder.StartEvent(_codec, "foo");
        payload.Add(new byte[] { 1 });
        payload.Add(raw);
        payload.Complete();

        Assert.Equal(
            """["foo",{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}]""",
            Encoding.UTF8.GetString(payload.Json));
        Assert.Equal(["01", "09"], payload.Attachments.Select(data => Convert.ToHexString(data.Span)));
    }

    [Fact]
    public void A_value_that_cannot_be_written_spoils_no_later_payload()
    {
        var circle = new List<object>();
        circle.Add(circle);

        using (var broken = PayloadBuilder.StartEvent(_codec, "foo"))
        {
            broken.Add(new byte[] { 1 });
            Assert.Throws<JsonException>(() => broken.Add<object>(circle));
        }

        using var payload = PayloadBuilder.StartEvent(_codec, "bar");
        payload.Complete();
        Assert.Equal("[\"bar\"]", Encoding.UTF8.GetString(payload.Json));
        Assert.Empty(payload.Attachments);
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("\"5\"", true)]
    [InlineData("5.5", false)]
    [InlineData("99999999999", false)]
    [InlineData("{}", false)]
    [InlineData("null", false)]
    public void A_value_of_another_type_is_refused_without_an_exception(string json, bool fits)
    {
        Assert.Equal(fits, _codec.TryRead<int>(Encoding.UTF8.GetBytes(json), [], out _));
    }

    [Fact]
    public void Whatever_is_sent_in_is_decoded_or_refused_but_never_thrown_at()
    {
        var random = new Random(20261121);
        string[] seeds =
        [
            """2/admin,12["foo",{"a":[1,2,{"_placeholder":true,"num":0}]},"x\u00e9\ud83d"]""",
            """52-["baz",{"_placeholder":true,"num":0},{"num":1,"_placeholder":true}]""",
            """0/chat,{"username":"Alice"}""",
            """461-/admin,7[{"_placeholder":true,"num":0}]""",
        ];

        for (var round = 0; round < 50_000; round++)
        {
            var decoder = new PacketDecoder();
            var message = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]);

            for (var change = random.Next(4); change >= 0; change--)
            {
                message[random.Next(message.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "0123[]{}\",:-/\\u"u8[random.Next(15)];
            }

            var length = random.Next(5) == 0 ? random.Next(message.Length) : message.Length;
            var status = decoder.Add(message.AsMemory(0, length), out var packet);

            for (var i = 0; status == DecodeStatus.NeedsAttachment; i++)
            {
                Assert.True(i < new PacketLimits().MaxAttachments);
                status = decoder.AddBinary([1, 2, 3], out packet);
            }

            if (status == DecodeStatus.Complete)
            {
                ReadAll(packet.Payload);
            }
        }
    }

    private void ReadAll(JsonPayload payload)
    {
        for (var i = 0; i < payload.Count; i++)
        {
            _codec.TryRead<RawJson>(payload[i].Span, payload.Attachments, out _);
            _codec.TryRead<byte[]>(payload[i].Span, payload.Attachments, out _);
            _codec.TryRead<string>(payload[i].Span, payload.Attachments, out _);
        }
    }
}
