using System.Diagnostics.CodeAnalysis;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>One who reads a run's messages, by one technique. Used by one thread at a time.</summary>
internal sealed class LabReader
{
    private readonly LabRun _run;
    private readonly LabTechnique _technique;
    private EventRing _ring;

    /// <param name="run">The run.</param>
    /// <param name="technique">How its messages are carried.</param>
    /// <param name="resume">Where the client was; one that does not say begins with the next message.</param>
    public LabReader(LabRun run, LabTechnique technique, ResumePoint resume)
    {
        (_run, _technique) = (run, technique);
        var told = run.Messages.Current;
        _ring = told.Ring;

        if (resume is { Id: null, IsInvalid: false })
        {
            Position = told.Head;
            return;
        }

        Reset = resume.Id switch
        {
            null => ResetReason.Invalid,
            { } id when id.Epoch != _ring.Epoch => ResetReason.Epoch,
            { } id when id.Sequence > told.Head => ResetReason.Future,
            { } id when id.Sequence < _ring.Tail => ResetReason.Gap,
            _ => null,
        };

        // What is still there is told, in place of what is not.
        Position = Reset is null ? resume.Id!.Value.Sequence : _ring.Tail;
    }

    /// <summary>The last message that it has.</summary>
    public long Position { get; private set; }

    public StreamId Cursor => new(_ring.Epoch, Position);

    /// <summary>Why it cannot go on where it was.</summary>
    public ResetReason? Reset { get; private set; }

    /// <summary>Takes the next message, if there is one.</summary>
    /// <param name="next">The message.</param>
    /// <param name="breaks">Whether the artificial loss breaks the connection here, in place of the message.</param>
    public bool TryRead([NotNullWhen(true)] out StreamEvent? next, out bool breaks)
    {
        var told = _run.Messages.Current;
        (next, breaks) = (null, false);

        if (told.Ring.Epoch != _ring.Epoch)
        {
            (Position, Reset) = (0, ResetReason.Epoch);
        }

        // A ring of the same epoch is another only in how much it keeps.
        _ring = told.Ring;

        if (Position < _ring.Tail)
        {
            (Position, Reset) = (_ring.Tail, ResetReason.Gap);
        }

        if (Position >= told.Head || !_ring.TryGet(Position + 1, out next))
        {
            return false;
        }

        if (_run.Breaks(_technique, next))
        {
            breaks = true;
            return true;
        }

        Position++;
        return true;
    }

    /// <summary>Waits for more.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Asked for first, then looked: what comes in between completes it.
        var news = _run.Messages.News;

        if (_run.Messages.Current is var told && told.Ring.Epoch == _ring.Epoch && told.Head <= Position)
        {
            await news.WaitAsync(cancellationToken);
        }
    }
}
