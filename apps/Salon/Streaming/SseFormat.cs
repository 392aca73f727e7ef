using System.Globalization;
using System.Text;
using Salon.Http;

namespace Salon.App.Streaming;

/// <summary>What is in an event stream (HTML, "Server-sent events"), in UTF-8.</summary>
internal static class SseFormat
{
    /// <summary>Answers a HEAD: a stream that has no body.</summary>
    public static Task AnnounceAsync(HttpContext context)
    {
        Announce(context.Response);
        return Task.CompletedTask;
    }

    /// <summary>Writes the headers of a stream, among them what keeps caches, compressors and nginx from holding it back.</summary>
    public static void Announce(HttpResponse response)
    {
        DirectAnswers.DisableCompression(response.HttpContext);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    public static byte[] Event(string name, ReadOnlySpan<byte> data, StreamId? id = null)
    {
        var head = id is null ? $"event: {name}\ndata: " : $"id: {id}\nevent: {name}\ndata: ";
        var length = Encoding.UTF8.GetByteCount(head);
        var bytes = new byte[length + data.Length + 2];

        Encoding.UTF8.GetBytes(head, bytes);
        data.CopyTo(bytes.AsSpan(length));
        bytes.AsSpan(length + data.Length).Fill((byte)'\n');
        return bytes;
    }

    /// <summary>How long a client shall wait before it comes back.</summary>
    public static byte[] Retry(int milliseconds) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {milliseconds}\n\n"));

    /// <summary>A sign of life, which no page sees.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ": heartbeat\n\n"u8;

    /// <summary>
    /// A sign of life that also moves the client's <c>Last-Event-ID</c>: the standard takes an id without data, and tells the page nothing.
    /// So a reader of a quiet topic does not fall out of the ring.
    /// </summary>
    public static byte[] HeartbeatAt(StreamId id) => Encoding.UTF8.GetBytes($": heartbeat\nid: {id}\n\n");
}
