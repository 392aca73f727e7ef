using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Salon.EngineIO.EventLoops;

/// <summary>The bounds that Kestrel's own transport has too.</summary>
internal sealed class LoopOptions(KestrelServerLimits limits)
{
    public const int Backlog = 512;

    public PipeOptions Input { get; } = CreatePipeOptions(limits.MaxRequestBufferSize);

    public PipeOptions Output { get; } = CreatePipeOptions(limits.MaxResponseBufferSize);

    private static PipeOptions CreatePipeOptions(long? pauseAt) => new(
        pauseWriterThreshold: pauseAt ?? 0,
        resumeWriterThreshold: pauseAt / 2 ?? 0,
        useSynchronizationContext: false);
}
