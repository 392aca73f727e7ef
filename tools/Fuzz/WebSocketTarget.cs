using System.Text.Unicode;
using Salon.EngineIO.WebSockets;

namespace Salon.Fuzz;

/// <summary>Frames, which come in pieces: where they are cut must not matter, messages keep to the limit, and text is UTF-8.</summary>
internal static class WebSocketTarget
{
    private const int MaxLength = 1_000;

    public static byte[][] Seeds { get; } =
    [
        [0x81, 0x82, 0, 0, 0, 0, (byte)'4', (byte)'x'],
        [0x82, 0x81, 1, 2, 3, 4, 5],
        [0x89, 0x80, 0, 0, 0, 0, 0x8A, 0x80, 0, 0, 0, 0],
        [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8],
        [0x01, 0x81, 0, 0, 0, 0, (byte)'4', 0x80, 0x81, 0, 0, 0, 0, (byte)'x'],
        [0x81, 0xFE, 0, 126, 0, 0, 0, 0, .. new byte[126]],
        [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ];

    public static int Run(byte[] input)
    {
        var whole = Read(input, pieces: int.MaxValue);
        var cut = Read(input, pieces: 1);

        return whole == cut ? whole : throw new InvalidOperationException("Where the bytes are cut changes what is read.");
    }

    private static int Read(byte[] input, int pieces)
    {
        var receiver = new Receiver();
        var reader = new WebSocketReader(new Pieces(input, pieces), receiver, new MessageAssembler(MaxLength, isCompressionAllowed: false));
        var end = reader.ReadToEndAsync().GetAwaiter().GetResult();
        return HashCode.Combine(end.Kind, end.Kind == ReadEndKind.Lost ? default : end.Status, receiver.Seen.ToHashCode());
    }

    private sealed class Receiver : IWebSocketReceiver
    {
        // A field, since adding to it must not add to a copy.
        public HashCode Seen;

        public bool HasFailed => false;

        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            if (data.Length > MaxLength || (!isBinary && !Utf8.IsValid(data.Span)))
            {
                throw new InvalidOperationException("The message is too long, or no UTF-8.");
            }

            Seen.Add(isBinary);
            Seen.AddBytes(data.Span);
            return default;
        }

        public void OnPing(ReadOnlySpan<byte> payload) => Seen.Add(payload.Length);

        public void OnPong() => Seen.Add(-1);

        public ValueTask WaitForTurnAsync(int cost) => default;
    }

    /// <summary>A connection that brings its bytes a few at a time, and is lost at the end.</summary>
    private sealed class Pieces(byte[] bytes, int length) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(Math.Min(buffer.Length, length), bytes.Length - _position);
            bytes.AsMemory(_position, read).CopyTo(buffer);
            _position += read;
            return ValueTask.FromResult(read);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
