using System.Buffers;
using System.Text;
using System.Text.Json;
using Salon.EngineIO.Protocol;
using Salon.SocketIO.MessagePack;
using Salon.SocketIO.Protocol;

namespace Salon.Fuzz;

/// <summary>A parser, what it starts from, and the rules that hold for every input: no exception, memory in proportion, and what it checks by itself.</summary>
/// <param name="Name">The name, also of the corpus.</param>
/// <param name="Seeds">Inputs of each kind.</param>
/// <param name="Run">Parses; answers something by which behaviours can be told apart. Throws when a rule is broken.</param>
internal sealed record Target(string Name, byte[][] Seeds, Func<byte[], int> Run)
{
    private const int MaxAttachments = 10;

    private delegate PayloadStatus PacketRead(out EnginePacket packet);

    public static IReadOnlyList<Target> All { get; } =
    [
        new("packet", Text("""0{"token":"a"}""", "0/admin,", "1/a,", """2["e",1,"x",null,{"a":[1.5]}]""", """2/a,12["e"]""", """3/a,7[1]""", """51-["e",{"_placeholder":true,"num":0}]""", """62-/a,3[{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"""), ReadPacket),
        new("payload", Text("4hello\u001e4€", "bAQIDBA==\u001e4x", "2\u001e3\u001e6", "0{\"sid\":\"a\"}"), ReadPayload),
        new("old-payload", Text("6:4hello2:4€", "10:b4AQIDBA==", "1:2"), static input => ReadOldPayload(input, isBinary: false)),
        new("old-binary-payload", [[0, 6, 255, .. "4hello"u8], [1, 4, 255, 4, 1, 2, 3]], static input => ReadOldPayload(input, isBinary: true)),
        new("jsonp", Text("d=4hello", "d=4%22a%5Cn%22&x=1", "d=10%3A4hello"), ReadForm),
        new("msgpack", [Convert.FromHexString("85a47479706502a46461746195a26576" + "81a161cb3ff8000000000000" + "c40107" + "d70000000182d14c1c00" + "cd0100" + "a76f7074696f6e7381a8636f6d7072657373c3a269640ca36e7370a52f63686174"), Convert.FromHexString("83a47479706500a464617461d40000a36e7370a12f")], ReadMessagePack),
        new("websocket", WebSocketTarget.Seeds, WebSocketTarget.Run),
    ];

    /// <summary>What an input may cost: a few times its length, and what any packet takes.</summary>
    public static long MaxBytes(int length) => 64 * 1024 + (200L * length);

    private static int ReadPacket(byte[] input)
    {
        var decoder = new PacketDecoder(new PacketLimits { MaxAttachments = MaxAttachments });
        var status = decoder.Add(input, out var packet);
        var attachments = 0;

        while (status == DecodeStatus.NeedsAttachment)
        {
            Require(++attachments <= MaxAttachments, "more attachments are waited for than may come");
            status = decoder.AddBinary([1, 2, 3], out packet);
        }

        return status == DecodeStatus.Complete ? CheckPacket(packet, attachments) : HashCode.Combine(status, attachments);
    }

    private static int ReadMessagePack(byte[] input)
    {
        var status = MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(input, out var packet);

        if (status != DecodeStatus.Complete)
        {
            return Math.Min(input.Length, 40);
        }

        var behaviour = CheckPacket(packet, attachments: 0);
        WriteAgain(packet);
        return behaviour;
    }

    /// <summary>A packet that was read can be written, and is then read as the same.</summary>
    private static void WriteAgain(in Packet packet)
    {
        var output = new ArrayBufferWriter<byte>();
        var header = new PacketHeader(packet.Type, packet.Namespace, packet.Id, packet.Payload.Attachments.Count);
        MessagePackParser.Instance.Encode(header, packet.Payload.Json.Span, [.. packet.Payload.Attachments.Select(static bytes => (ReadOnlyMemory<byte>)bytes)], output);

        Require(MessagePackParser.Instance.CreateDecoder(new PacketLimits()).AddBinary(output.WrittenSpan, out var again) == DecodeStatus.Complete, "what was read is not read again");
        Require(again.Type == packet.Type && again.Namespace == packet.Namespace && again.Id == packet.Id, "the header changed");
        Require(again.Payload.Attachments.Count == packet.Payload.Attachments.Count, "the attachments changed");
    }

    private static int CheckPacket(in Packet packet, int attachments)
    {
        var payload = packet.Payload;
        var json = payload.Json;

        if (!json.IsEmpty)
        {
            using var document = JsonDocument.Parse(json);
            Require(packet.Type is not (PacketType.Event or PacketType.Ack) || document.RootElement.ValueKind == JsonValueKind.Array, "an event is an array");
        }

        for (var i = 0; i < payload.Count; i++)
        {
            Require(!payload[i].IsEmpty, "an argument is empty");
        }

        Require(packet.Namespace.StartsWith('/'), "a namespace begins with a slash");
        return HashCode.Combine(packet.Type, packet.Id is null, Math.Min(payload.Count, 8), attachments, payload.Attachments.Count, Log(json.Length));
    }

    private static int ReadPayload(byte[] input) => ReadPackets(new PayloadReader(input).Read, input.Length);

    private static int ReadOldPayload(byte[] input, bool isBinary) => ReadPackets(new OldPayloadReader(input, isBinary).Read, input.Length);

    private static int ReadPackets(PacketRead read, int length)
    {
        var behaviour = default(HashCode);

        for (var i = 0; ; i++)
        {
            Require(i <= length + 1, "more packets than bytes");
            var status = read(out var packet);
            behaviour.Add(status);

            if (status != PayloadStatus.Packet)
            {
                return behaviour.ToHashCode();
            }

            behaviour.Add(packet.Type);
            behaviour.Add(packet.IsBinary);
        }
    }

    private static int ReadForm(byte[] input) =>
        JsonpPayload.TryUnwrap(input, out var payload) ? HashCode.Combine(Log(payload.Length), Log(input.Length)) : -Log(input.Length);

    private static byte[][] Text(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static int Log(int length) => length == 0 ? 0 : (int)Math.Log2(length) + 1;

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException(rule);
        }
    }
}
