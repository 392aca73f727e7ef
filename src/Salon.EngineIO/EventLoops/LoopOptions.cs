using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Salon.EngineIO.EventLoops;

/// <summary>The bounds that Kestrel's own transport has too.</summary>
internal sealed class LoopOptions(KestrelServerLimits limits)
{
    public const int Backlog = 512;

    private const long MinInput = 64 * 1024;

    // Less than the limit, which is a megabyte: what the application does not read yet can wait in the network, and thousands of connections may
    // wait so. But never less than the head of a request needs, which is read as a whole.
    public PipeOptions Input { get; } = CreatePipeOptions(
        Math.Min(limits.MaxRequestBufferSize ?? long.MaxValue, Math.Max(MinInput, 2L * (limits.MaxRequestLineSize + limits.MaxRequestHeadersTotalSize))));

    // What is flushed is sent by whoever flushes it, from memory that is given back at once: a thousand event streams that are written to in a row
    // need no thousand blocks, and no thousand changes of thread.
    public PipeOptions Output { get; } = CreatePipeOptions(limits.MaxResponseBufferSize, PipeScheduler.Inline);

    private static PipeOptions CreatePipeOptions(long? pauseAt, PipeScheduler? reader = null) => new(
        readerScheduler: reader,
        // Null is no bound, as 0 is for the pipe; 0 means to Kestrel that every write waits until it has left.
        pauseWriterThreshold: pauseAt is { } bytes ? Math.Max(1, bytes) : 0,
        resumeWriterThreshold: pauseAt is { } full ? Math.Max(1, full / 2) : 0,
        useSynchronizationContext: false);
}
