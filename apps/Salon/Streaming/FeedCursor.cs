using System.Diagnostics.CodeAnalysis;

namespace Salon.App.Streaming;

/// <summary>
/// Where one reader is in a feed: all that is kept of it, however slow it is. Used by one thread at a time.
/// </summary>
/// <param name="feed">The feed.</param>
/// <param name="topics">Which events it is about.</param>
/// <param name="resume">Where the reader was before.</param>
/// <param name="isPoll">Whether the reader comes again for every answer, so that it has missed nothing when it comes.</param>
internal sealed class FeedCursor(EventFeed feed, TopicSet topics, ResumePoint resume, bool isPoll = false)
{
    private EventRing? _ring;
    private long _position;
    private int _statusVersion = feed.StatusVersion;
    private ResetReason? _reset;
    private bool _needsSnapshot;
    private FeedNotice _notice;

    // What it missed is told in full up to here; only what came since may be conflated.
    private long _exactUntil;

    // What is left of events that were conflated, newest last; at most one for each key.
    private Queue<StreamEvent>? _kept;

    /// <summary>The last event that it has, or does not want; <see langword="null"/> before there is any.</summary>
    public StreamId? Position => _ring is { } ring ? new StreamId(ring.Epoch, _position) : null;

    /// <summary>Takes what comes next, if it is there.</summary>
    public bool TryTake([NotNullWhen(true)] out StreamEvent? next) => TryTakeNotice(out next) || TryTakeKept(out next) || TryTakeEvent(out next);

    /// <summary>
    /// Leaves out, of what has come meanwhile, everything that a later event makes up for. For a reader that could not take what it was
    /// given; what it had missed before it came is told in full all the same.
    /// </summary>
    public void Conflate()
    {
        if (_ring is not { } ring || _reset is not null || _needsSnapshot || _kept is { Count: > 0 })
        {
            return;
        }

        var from = Math.Max(_position, _exactUntil);
        var head = ring.Head;

        if (_position < from || head - from < 2)
        {
            return;
        }

        var keys = new HashSet<int>();
        var kept = new Stack<StreamEvent>();
        var skipped = 0L;

        for (var sequence = head; sequence > from; sequence--)
        {
            if (!ring.TryGet(sequence, out var found))
            {
                Reset(ResetReason.Gap);
                return;
            }

            if (!topics.Contains(found.Topic))
            {
                continue;
            }

            if (found.Key == StreamEvent.NoKey || keys.Add(found.Key))
            {
                kept.Push(found);
            }
            else
            {
                skipped++;
            }
        }

        if (skipped > 0)
        {
            (_kept, _position, _exactUntil) = (new Queue<StreamEvent>(kept), head, head);
            _notice = _notice with { Conflated = (_notice.Conflated ?? 0) + skipped };
            feed.Metrics.OnConflated(skipped);
        }
    }

    private bool TryTakeNotice([NotNullWhen(true)] out StreamEvent? next)
    {
        next = null;

        if (feed.Ring is { } current)
        {
            Follow(current);
        }

        if (_reset is { } reason)
        {
            (_reset, _needsSnapshot, _notice, _kept) = (null, true, default, null);
            next = new StreamEvent(null, new NewEvent("reset", reason.ToData().ToArray()));
            return true;
        }

        if (_needsSnapshot && _ring is not null)
        {
            (next, _ring, _position) = feed.TakeSnapshot(topics);
            (_needsSnapshot, _exactUntil, _statusVersion) = (false, _position, feed.StatusVersion);
            return next is not null || TryTakeNotice(out next);
        }

        if (_notice != default || _statusVersion != feed.StatusVersion)
        {
            _statusVersion = feed.StatusVersion;
            next = feed.DescribeStatus(_notice);
            _notice = default;
            return true;
        }

        return false;
    }

    private void Follow(EventRing current)
    {
        if (_ring == current)
        {
            return;
        }

        var before = _ring;
        _ring = current;

        if (before is not null)
        {
            Change(before, current);
        }
        else if (resume.Id is { } id)
        {
            Resume(current, id);
        }
        else if (resume.IsInvalid)
        {
            Reset(ResetReason.Invalid);
        }
        else
        {
            _needsSnapshot = true;
        }
    }

    /// <summary>The feed has begun anew; perhaps in the same epoch, since this node had missed something.</summary>
    private void Change(EventRing before, EventRing current)
    {
        if (before.Epoch != current.Epoch)
        {
            Reset(ResetReason.Epoch);
        }
        else if (_position < current.Tail && !_needsSnapshot)
        {
            Reset(ResetReason.Gap);
        }
    }

    private void Resume(EventRing ring, StreamId id)
    {
        var head = ring.Head;

        if (id.Epoch != ring.Epoch)
        {
            Reset(ResetReason.Epoch);
        }
        else if (id.Sequence > head + feed.Options.MaxLead)
        {
            Reset(ResetReason.Future);
        }
        else if (id.Sequence < ring.Tail)
        {
            Reset(ResetReason.Gap);
        }
        else
        {
            (_position, _exactUntil) = (id.Sequence, head);

            if (!isPoll)
            {
                var missed = CountUntil(ring, head);
                _notice = new FeedNotice(Replayed: missed);
                feed.Metrics.OnReplayed(missed);
            }
        }
    }

    private int CountUntil(EventRing ring, long head)
    {
        var count = 0;

        for (var sequence = _position + 1; sequence <= head; sequence++)
        {
            count += ring.TryGet(sequence, out var found) && topics.Contains(found.Topic) ? 1 : 0;
        }

        return count;
    }

    private void Reset(ResetReason reason)
    {
        _reset = reason;
        feed.Metrics.OnReset(reason);
    }

    private bool TryTakeKept([NotNullWhen(true)] out StreamEvent? next)
    {
        next = null;
        return _kept is not null && _kept.TryDequeue(out next);
    }

    private bool TryTakeEvent([NotNullWhen(true)] out StreamEvent? next)
    {
        next = null;

        if (_ring is not { } ring)
        {
            return false;
        }

        for (var head = ring.Head; _position < head;)
        {
            if (!ring.TryGet(_position + 1, out var found))
            {
                Reset(ResetReason.Gap);
                return TryTakeNotice(out next);
            }

            _position++;

            if (topics.Contains(found.Topic))
            {
                next = found;
                return true;
            }
        }

        return false;
    }
}
