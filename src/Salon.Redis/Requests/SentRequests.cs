using System.Diagnostics.CodeAnalysis;

namespace Salon.Redis.Requests;

/// <summary>
/// What was sent on one connection and is not answered yet, in order: Redis answers in order. The writer adds, the reader takes. The lock
/// protects all fields; nothing is called under it.
/// </summary>
internal sealed class SentRequests
{
    private readonly Lock _gate = new();
    private Request? _first;
    private Request? _last;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a chain. Before it is written: the answer may come before the write returns.</summary>
    public void Add(Request chain)
    {
        var count = 1;
        var last = chain;

        while (last.Next is { } next)
        {
            last = next;
            count++;
        }

        lock (_gate)
        {
            _count += count;

            if (_last is null)
            {
                _first = chain;
            }
            else
            {
                _last.Next = chain;
            }

            _last = last;
        }
    }

    /// <summary>Whose answer the next one is, and one less is then left of it.</summary>
    public bool TryTake([NotNullWhen(true)] out Request? request) => TryTake(static _ => true, out request);

    /// <summary>The same, if it is who is meant.</summary>
    public bool TryTake(Predicate<Request> isMeant, [NotNullWhen(true)] out Request? request)
    {
        lock (_gate)
        {
            request = _first;

            if (request is null || !isMeant(request))
            {
                request = null;
                return false;
            }

            if (--request.RepliesLeft == 0)
            {
                Unlink(request);
            }

            return true;
        }
    }

    /// <summary>Finds those whose time is over. They stay: their answers will come.</summary>
    public List<Request>? FindDue(long now)
    {
        List<Request>? due = null;

        lock (_gate)
        {
            for (var request = _first; request is not null && request.DueAt <= now; request = request.Next)
            {
                (due ??= []).Add(request);
            }
        }

        return due;
    }

    /// <summary>Removes all: the connection has ended.</summary>
    public List<Request> TakeAll()
    {
        var all = new List<Request>();

        lock (_gate)
        {
            while (_first is { } first)
            {
                Unlink(first);
                all.Add(first);
            }
        }

        return all;
    }

    private void Unlink(Request first)
    {
        _first = first.Next;
        _last = _first is null ? null : _last;
        first.Next = first.Previous = null;
        _count--;
    }
}
