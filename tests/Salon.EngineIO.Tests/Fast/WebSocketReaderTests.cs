using System.Buffers.Binary;
using System.Text;
using Salon.EngineIO.WebSockets;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Frames from a client, in whatever pieces the network brings them.</summary>
[Trait("Stage", "fast")]
public class WebSocketReaderTests
{
    private const int Limit = 70_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(1_000_000)]
    public async Task Messages_are_the_same_however_the_network_cuts_them(int piece)
    {
        var large = new string('€', 20_000);
        var read = await ReadAsync(
            piece,
            Frame(Opcode.Text, "a"),
            Frame(Opcode.Text, "Zo", isFinal: false),
            Frame(Opcode.Ping, "between"),
            Frame(Opcode.Continuation, "", isFinal: false),
            Frame(Opcode.Continuation, "ë"),
            Frame(Opcode.Binary, ""),
            Frame(Opcode.Pong, ""),
            Frame(Opcode.Text, large),
            Frame(Opcode.Text, "last"));

        Assert.Equal(["text a", "ping between", "text Zoë", "binary ", "pong", $"text {large}", "text last"], read.Seen);
        Assert.Equal(ReadEnd.Lost, read.End);
    }

    [Fact]
    public async Task A_character_may_be_cut_between_two_frames_but_not_missing()
    {
        var euro = "€"u8.ToArray();

        var whole = await ReadAsync(5, Frame(Opcode.Text, euro[..1], isFinal: false), Frame(Opcode.Continuation, euro[1..]));
        var broken = await ReadAsync(5, Frame(Opcode.Text, euro[..1], isFinal: false), Frame(Opcode.Continuation, euro[2..]));

        Assert.Equal(["text €"], whole.Seen);
        Assert.Empty(broken.Seen);
        Assert.Equal(ReadEnd.Violation(CloseStatus.InvalidPayload), broken.End);
    }

    [Fact]
    public async Task A_message_of_just_the_limit_comes_and_one_byte_more_is_refused_also_in_fragments()
    {
        var just = new string('x', Limit);

        Assert.Equal([$"text {just}"], (await ReadAsync(5000, Frame(Opcode.Text, just))).Seen);
        Assert.Equal([$"text {just}"], (await ReadAsync(5000, Frame(Opcode.Text, just[1..], isFinal: false), Frame(Opcode.Continuation, "x"))).Seen);

        foreach (var frames in new[]
        {
            new[] { Frame(Opcode.Text, just + "x") },
            [Frame(Opcode.Text, just, isFinal: false), Frame(Opcode.Continuation, "x")],
        })
        {
            var read = await ReadAsync(5000, frames);
            Assert.Empty(read.Seen);
            Assert.Equal(ReadEnd.Violation(CloseStatus.TooBig), read.End);
        }
    }

    [Fact]
    public async Task A_header_that_announces_too_much_is_refused_before_anything_follows()
    {
        byte[] header = [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

        Assert.Equal(ReadEnd.Violation(CloseStatus.TooBig), (await ReadAsync(1, header)).End);
    }

    [Theory]
    [InlineData("a continuation of nothing", "80 80 00000000")]
    [InlineData("a message in the middle of another", "01 80 00000000 81 80 00000000")]
    [InlineData("no mask", "81 00")]
    [InlineData("an unknown opcode", "83 80 00000000")]
    [InlineData("a reserved bit", "91 80 00000000")]
    [InlineData("compression that was not agreed on", "c1 80 00000000")]
    [InlineData("a control frame in fragments", "09 80 00000000")]
    [InlineData("a control frame that is too long", "89 fe 007e 00000000")]
    [InlineData("a length below nothing", "82 ff 8000000000000000 00000000")]
    public async Task What_breaks_the_rules_ends_it_and_what_came_before_was_read(string what, string bytes)
    {
        var read = await ReadAsync(1, Frame(Opcode.Text, "before"), Convert.FromHexString(bytes.Replace(" ", "")), Frame(Opcode.Text, "after"));

        Assert.True(read.Seen is ["text before"], what);
        Assert.Equal(ReadEnd.Violation(CloseStatus.ProtocolError), read.End);
    }

    [Theory]
    [InlineData(1000, "", true, 1000)]
    [InlineData(3999, "bye", true, 3999)]
    [InlineData(1005, "", false, 1002)]
    [InlineData(1006, "", false, 1002)]
    [InlineData(999, "", false, 1002)]
    [InlineData(5000, "", false, 1002)]
    public async Task A_close_frame_ends_it_with_what_may_be_sent(int status, string reason, bool isAllowed, int said)
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));

        var read = await ReadAsync(1, Frame(Opcode.Close, payload), Frame(Opcode.Text, "after"));

        Assert.Empty(read.Seen);
        Assert.Equal(new ReadEnd(isAllowed ? ReadEndKind.Closed : ReadEndKind.Violation, (CloseStatus)said), read.End);
    }

    [Theory]
    [InlineData("", true, 0)]
    [InlineData("03", false, 1002)]
    [InlineData("03e8ff", false, 1007)]
    public async Task A_close_frame_says_nothing_or_a_whole_status_and_a_reason_in_text(string payload, bool isAllowed, int said) =>
        Assert.Equal(new ReadEnd(isAllowed ? ReadEndKind.Closed : ReadEndKind.Violation, (CloseStatus)said), (await ReadAsync(1, Frame(Opcode.Close, Convert.FromHexString(payload)))).End);

    [Fact]
    public async Task Nothing_is_read_after_what_travels_here_was_broken()
    {
        var receiver = new Receiver { FailsAt = "text two" };

        var end = await new WebSocketReader(
            new Pieces([.. Frame(Opcode.Text, "one"), .. Frame(Opcode.Text, "two"), .. Frame(Opcode.Text, "three")], 1000), receiver, new MessageAssembler(Limit, false)).ReadToEndAsync();

        Assert.Equal(["text one", "text two"], receiver.Seen);
        Assert.Equal(ReadEnd.Violation(CloseStatus.ProtocolError), end);
    }

    private static async Task<(List<string> Seen, ReadEnd End)> ReadAsync(int piece, params byte[][] frames)
    {
        var receiver = new Receiver();
        var end = await new WebSocketReader(new Pieces([.. frames.SelectMany(static frame => frame)], piece), receiver, new MessageAssembler(Limit, isCompressionAllowed: false)).ReadToEndAsync();
        return (receiver.Seen, end);
    }

    private static byte[] Frame(Opcode opcode, string text, bool isFinal = true) => Frame(opcode, Encoding.UTF8.GetBytes(text), isFinal);

    private static byte[] Frame(Opcode opcode, byte[] payload, bool isFinal = true)
    {
        byte[] key = [1, 2, 3, 4];
        byte[] length = payload.Length switch
        {
            <= 125 => [(byte)payload.Length],
            <= ushort.MaxValue => [126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        length[0] |= 0x80;
        return [(byte)((isFinal ? 0x80 : 0) | (byte)opcode), .. length, .. key, .. payload.Select((value, index) => (byte)(value ^ key[index % 4]))];
    }

    private sealed class Receiver : IWebSocketReceiver
    {
        public List<string> Seen { get; } = [];

        public string? FailsAt { get; init; }

        public bool HasFailed => FailsAt is not null && Seen.Contains(FailsAt);

        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            Seen.Add($"{(isBinary ? "binary" : "text")} {Encoding.UTF8.GetString(data.Span)}");
            return default;
        }

        public void OnPing(ReadOnlySpan<byte> payload) => Seen.Add($"ping {Encoding.UTF8.GetString(payload)}");

        public void OnPong() => Seen.Add("pong");

        public ValueTask WaitForTurnAsync(int cost) => default;
    }

    /// <summary>A connection that gives at most so many bytes at a time.</summary>
    private sealed class Pieces(byte[] data, int piece) : MemoryStream(data)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer.Length > piece ? buffer[..piece] : buffer, cancellationToken);
    }
}
