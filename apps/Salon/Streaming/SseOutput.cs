using System.IO.Pipelines;

namespace Salon.App.Streaming;

/// <summary>What a stream writes, and how much of it has not been flushed. Mutable: used where it is stored, by one thread at a time.</summary>
internal struct SseOutput(PipeWriter writer)
{
    /// <summary>How many bytes wait for a flush.</summary>
    public int Unflushed { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Unflushed += bytes.Length;

        while (bytes.Length > 0)
        {
            // Asked for any memory at all, as IBufferWriter's own Write asks, Kestrel gives none when the client has just gone.
            var span = writer.GetSpan(1);
            var length = Math.Min(bytes.Length, span.Length);
            bytes[..length].CopyTo(span);
            writer.Advance(length);
            bytes = bytes[length..];
        }
    }

    public ValueTask<FlushResult> FlushAsync()
    {
        Unflushed = 0;
        return writer.FlushAsync();
    }
}
