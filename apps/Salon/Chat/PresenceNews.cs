using System.Text;
using Salon.App.Hosting.Budgets;

namespace Salon.App.Chat;

/// <summary>
/// What the people in one room have not been told yet of who came and went, and how much they may be told: a room of N has N to tell of N. In
/// a small room all are told who is there; in a larger one what changed, and now and then who is there. What cannot be told now waits, and is
/// the less the more of it cancels out. Guarded by the lock of <see cref="Presence"/>.
/// </summary>
internal sealed class PresenceNews(TokenBucket all, TimeProvider time)
{
    // The names of an event's members, and the room's.
    private const int EventBytes = 200;

    // The quotes and the comma.
    private const int NameBytes = 3;

    // A deadline falls into one of few lanes.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TokenBucket _own = new(ChatLimits.RoomPresenceBytes, time);
    private readonly Dictionary<string, (string Username, bool IsThere)> _changes = new(StringComparer.Ordinal);
    private bool _isListStale;
    private long? _listedAt;

    /// <summary>What an event costs besides the names in it.</summary>
    public static int BytesOf(string username) => Encoding.UTF8.GetByteCount(username) + NameBytes;

    /// <summary>Somebody has come or gone.</summary>
    public void Add(string key, string username, bool isThere)
    {
        _isListStale = true;

        // Who goes before anybody was told that they came has never been there.
        if (!_changes.Remove(key, out var earlier) || earlier.IsThere == isThere)
        {
            _changes[key] = (username, isThere);
        }
    }

    /// <summary>Whether everybody may be told a line about somebody. What is not told is not told later either: the list says it.</summary>
    public bool TryTakeLine(int receivers) => TryTake(EventBytes, receivers, out _);

    /// <summary>Takes what is to be told now.</summary>
    /// <param name="receivers">How many connections are told.</param>
    /// <param name="people">How many people are in the room.</param>
    /// <param name="listBytes">How many bytes their names have.</param>
    public Telling Take(int receivers, int people, int listBytes)
    {
        var telling = new Telling(null, IsList: false, Again: null);

        if (people <= ChatLimits.PresenceListPeople)
        {
            if (_isListStale)
            {
                telling = TryTake(EventBytes + listBytes, receivers, out var wait) ? telling with { IsList = true } : telling with { Again = wait };
            }
        }
        else if (_changes.Count > 0)
        {
            var bytes = EventBytes + _changes.Values.Sum(static change => BytesOf(change.Username));
            telling = TryTake(bytes, receivers, out var wait) ? telling with { Changes = [.. _changes.Values] } : telling with { Again = wait };
        }

        if (telling.Again is null && people > ChatLimits.PresenceListPeople && _isListStale)
        {
            telling = TakeList(telling, receivers, EventBytes + listBytes);
        }

        if (telling.Changes is not null || telling.IsList)
        {
            _changes.Clear();
        }

        if (telling.IsList)
        {
            (_isListStale, _listedAt) = (false, time.GetTimestamp());
        }

        return telling;
    }

    private Telling TakeList(Telling telling, int receivers, int bytes)
    {
        // So large that it would leave nothing for the changes: then those must do, and what was read at joining.
        if ((double)bytes * receivers > ChatLimits.RoomPresenceBytes.Burst / 2)
        {
            return telling;
        }

        var early = _listedAt is { } last ? ChatLimits.PresenceListInterval - time.GetElapsedTime(last) : TimeSpan.Zero;

        if (early > TimeSpan.Zero)
        {
            return telling with { Again = RoundUp(early) };
        }

        return TryTake(bytes, receivers, out var wait) ? telling with { IsList = true } : telling with { Again = wait };
    }

    private bool TryTake(int bytes, int receivers, out TimeSpan wait)
    {
        var cost = (double)bytes * receivers;

        if (!_own.TryTake(cost, out wait))
        {
            wait = RoundUp(wait);
            return false;
        }

        if (all.TryTake(cost, out wait))
        {
            return true;
        }

        _own.Return(cost);
        wait = RoundUp(wait);
        return false;
    }

    private static TimeSpan RoundUp(TimeSpan wait)
    {
        var rounded = Step * Math.Ceiling(wait / Step);
        return rounded < ChatLimits.PresenceListInterval ? rounded : ChatLimits.PresenceListInterval;
    }
}

/// <summary>What a room is told.</summary>
/// <param name="Changes">Who came, and who went; <see langword="null"/> for nothing of that.</param>
/// <param name="IsList">Whether it is told all who are there.</param>
/// <param name="Again">When there is more to tell.</param>
internal readonly record struct Telling(IReadOnlyList<(string Username, bool IsThere)>? Changes, bool IsList, TimeSpan? Again);
