using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// The form of a <see cref="ForwardMessage"/>: version, kind, id, sender, and what the kind needs. Numbers are big-endian; a text or a body is its
/// length in four bytes, and then itself. No other program than Salon reads it.
/// </summary>
internal static class ForwardCodec
{
    private const byte Version = 1;

    // Far more than a request of a browser has, and less than would hurt.
    private const int MaxHeaders = 256;

    public static byte[] Encode(ForwardMessage message)
    {
        var output = new ArrayBufferWriter<byte>(message.Body.Length + 1024);
        output.Write([Version, (byte)message.Kind]);
        BinaryPrimitives.WriteUInt64BigEndian(output.GetSpan(8), message.Id);
        output.Advance(8);
        Write(output, message.Sender);

        if (message.Request is { } request)
        {
            Write(output, request.Method);
            Write(output, request.Scheme);
            Write(output, request.Host);
            Write(output, request.Path);
            Write(output, request.QueryString);
            Write(output, request.RemoteAddress);
        }

        if (message.Kind is ForwardKind.Request or ForwardKind.Answer)
        {
            WriteNumber(output, message.Status);
            WriteNumber(output, message.Headers.Count);

            foreach (var (name, value) in message.Headers)
            {
                Write(output, name);
                Write(output, value);
            }

            WriteNumber(output, message.Body.Length);
            output.Write(message.Body.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is not of this form.</exception>
    public static ForwardMessage Decode(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 10 || payload[0] != Version || !Enum.IsDefined((ForwardKind)payload[1]))
        {
            throw new FormatException("The message is not about a request.");
        }

        var kind = (ForwardKind)payload[1];
        var id = BinaryPrimitives.ReadUInt64BigEndian(payload[2..]);
        var reader = new Reader(payload[10..]);
        var message = new ForwardMessage(kind, reader.ReadText(), id);

        if (kind == ForwardKind.Request)
        {
            message = message with
            {
                Request = new RequestHead(reader.ReadText(), reader.ReadText(), reader.ReadText(), reader.ReadText(), reader.ReadText(), reader.ReadText()),
            };
        }

        if (kind is ForwardKind.Request or ForwardKind.Answer)
        {
            message = message with { Status = reader.ReadNumber(), Headers = ReadHeaders(ref reader), Body = reader.ReadBytes().ToArray() };
        }

        return reader.IsAtEnd ? message : throw new FormatException("The message is longer than it should be.");
    }

    private static KeyValuePair<string, string>[] ReadHeaders(ref Reader reader)
    {
        var count = reader.ReadNumber();

        if (count is < 0 or > MaxHeaders)
        {
            throw new FormatException($"The message has {count} headers.");
        }

        var headers = new KeyValuePair<string, string>[count];

        for (var i = 0; i < count; i++)
        {
            headers[i] = new KeyValuePair<string, string>(reader.ReadText(), reader.ReadText());
        }

        return headers;
    }

    private static void Write(ArrayBufferWriter<byte> output, string text)
    {
        WriteNumber(output, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, output);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), number);
        output.Advance(4);
    }

    private ref struct Reader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public int ReadNumber() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public ReadOnlySpan<byte> ReadBytes() => Take(ReadNumber());

        public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length < 0 || length > _rest.Length)
            {
                throw new FormatException("The message ends too early.");
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}
