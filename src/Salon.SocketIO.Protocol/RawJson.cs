using System.Text;

namespace Salon.SocketIO;

/// <summary>
/// A value as it stands on the wire: UTF-8 JSON, with the attachments that its placeholders stand for. As a handler's argument it is
/// neither parsed nor decoded; emitted, it is passed on as it is. The memory is its own and may be kept.
/// </summary>
/// <param name="Utf8">Valid JSON in UTF-8.</param>
/// <param name="Attachments">The attachments, in the order of their numbers.</param>
/// <example><code>
/// socket.On("echo", (RawJson value, Ack ack) => ack.SendAsync(value));
/// </code></example>
public readonly record struct RawJson(ReadOnlyMemory<byte> Utf8, IReadOnlyList<byte[]> Attachments)
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>The JSON <c>null</c>.</summary>
    public RawJson()
        : this(Null, [])
    {
    }

    /// <summary>The JSON, as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);
}
