using System.Text;

namespace Salon.App.Streaming;

/// <summary>An event as one JSON text, for polls and WebSockets, in UTF-8.</summary>
internal static class FrameFormat
{
    // Neither names nor ids hold anything that JSON would escape.
    public static byte[] Event(string name, ReadOnlySpan<byte> data, StreamId? id = null)
    {
        var head = id is null ? $$"""{"event":"{{name}}","data":""" : $$"""{"id":"{{id}}","event":"{{name}}","data":""";
        var length = Encoding.UTF8.GetByteCount(head);
        var bytes = new byte[length + data.Length + 1];

        Encoding.UTF8.GetBytes(head, bytes);
        data.CopyTo(bytes.AsSpan(length));
        bytes[^1] = (byte)'}';
        return bytes;
    }
}
