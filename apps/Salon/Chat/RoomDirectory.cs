using System.Collections.Concurrent;

namespace Salon.App.Chat;

/// <summary>
/// The rooms that this process has heard of, by name. A room that it has not heard of may have been founded by another process, so the
/// database is asked; and one that it has heard of may have been removed there, if nobody ever said anything in it. Thread-safe; the lock
/// guards the listing, and is not held while it is read. A room is stored by its name in lower case; its look is compared here, so that rooms
/// from before looks were compared stay.
/// </summary>
internal sealed class RoomDirectory(IChatStore store, TimeProvider timeProvider)
{
    public const string General = "general";

    private readonly ConcurrentDictionary<string, ChatRoom> _rooms = new(StringComparer.Ordinal);
    private readonly RoomLooks _looks = new();
    private readonly FoundingTurns _founding = new();
    private readonly Lock _gate = new();
    private RoomListing? _listing;
    private RoomList? _list;
    private int _version;
    private long? _madeRoomAt;

    /// <summary>The rooms that this process has heard of; among them are all that anybody is in here.</summary>
    public ICollection<ChatRoom> Known => _rooms.Values;

    /// <summary>All rooms, as they were at most <see cref="ChatLimits.RoomListAge"/> ago.</summary>
    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async Task<RoomList> ListAsync()
    {
        await FindListing().Reading;

        // Read before the rooms are: what comes meanwhile is in the next list.
        var version = Volatile.Read(ref _version);
        var list = Volatile.Read(ref _list);

        if (list is null || list.Version != version)
        {
            list = new RoomList(_rooms.Values, version);
            Volatile.Write(ref _list, list);
        }

        return list;
    }

    /// <summary>Gives the room of just this name, in any case, if this process has heard of it.</summary>
    public ChatRoom? FindKnown(string name) => _rooms.GetValueOrDefault(ChatRoom.ToKey(name));

    /// <summary>Gives the room of just this name, in any case.</summary>
    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async ValueTask<ChatRoom?> FindExactlyAsync(string name)
    {
        if (FindKnown(name) is { } known)
        {
            return known;
        }

        var room = await ChatErrors.OrUnavailableAsync(() => store.FindRoomAsync(ChatRoom.ToKey(name)));
        return room is null ? null : Add(room);
    }

    /// <summary>Gives the room of a name, or else the one whose name looks like it.</summary>
    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async ValueTask<ChatRoom?> FindAsync(string name) => await FindExactlyAsync(name) ?? await FindAlikeAsync(ChatName.ToKey(name));

    /// <summary>Founds a room, unless somebody else has meanwhile, or founds one whose name looks like it.</summary>
    /// <returns>The room, and whether it is new.</returns>
    /// <exception cref="SocketIO.SocketIOException">It could not be founded.</exception>
    /// <remarks>Two that look alike can come to be when they are founded on two nodes in the same second. Both are kept.</remarks>
    public async ValueTask<(ChatRoom Room, bool IsNew)> FoundAsync(string name, string founder)
    {
        var look = ChatName.ToKey(name);
        IDisposable? turn;

        while ((turn = await _founding.TakeOrWaitAsync(look)) is null)
        {
            if (await FindAsync(name) is { } room)
            {
                return (room, false);
            }
        }

        using (turn)
        {
            // The name may have been taken between the caller's look and this one's turn.
            return await FindAlikeAsync(look) is { } room ? (room, false) : await StoreAsync(name, founder);
        }
    }

    private async ValueTask<ChatRoom?> FindAlikeAsync(string look)
    {
        await FindListing().Reading;

        // One that went in the moment in which it came may have stayed among the looks.
        while (_looks.Find(look) is { } room)
        {
            if (_rooms.TryGetValue(room.Key, out var known) && known == room)
            {
                return room;
            }

            _looks.Remove(room);
        }

        return null;
    }

    /// <summary>Sees to it that there is the room to begin with: just this one, whatever looks like it.</summary>
    /// <exception cref="SocketIO.SocketIOException">It could not be founded.</exception>
    public async Task EnsureGeneralAsync() => _ = await FindExactlyAsync(General) ?? (await StoreAsync(General, founder: "Salon")).Room;

    private async ValueTask<(ChatRoom Room, bool IsNew)> StoreAsync(string name, string founder)
    {
        // Here or elsewhere: the database decides.
        var room = new NewRoom(name, founder, timeProvider.GetUtcNow());
        var founded = await ChatErrors.OrUnavailableAsync(() => store.FoundAsync(room, ChatLimits.Rooms));

        if (founded is null && await TryMakeRoomAsync())
        {
            founded = await ChatErrors.OrUnavailableAsync(() => store.FoundAsync(room, ChatLimits.Rooms));
        }

        var (created, isNew) = founded ?? throw ChatErrors.TooManyRooms;
        return (Add(created), isNew);
    }

    /// <summary>Says that somebody is in a room in which nothing was said yet, so that it stays.</summary>
    /// <returns><see langword="false"/> when it has been removed; it is forgotten then.</returns>
    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async ValueTask<bool> TryKeepAsync(ChatRoom room)
    {
        var kept = await ChatErrors.OrUnavailableAsync(() => store.KeepAsync([room], timeProvider.GetUtcNow()));

        if (kept == 0)
        {
            Forget(room);
        }

        return kept > 0;
    }

    /// <summary>Removes the rooms in which nothing was ever said and nobody was for a while.</summary>
    /// <returns>What is not there any more.</returns>
    /// <exception cref="Storage.StorageException">The database does not answer.</exception>
    public async Task<IReadOnlyList<ChatRoom>> RemoveUnusedAsync(TimeSpan age)
    {
        var removed = await store.RemoveUnusedAsync(timeProvider.GetUtcNow() - age);

        foreach (var room in removed)
        {
            Forget(room);
        }

        return removed;
    }

    /// <summary>Forgets rooms that other processes have removed.</summary>
    /// <returns>The rooms.</returns>
    /// <exception cref="Storage.StorageException">The database does not answer.</exception>
    public async Task<IReadOnlyList<ChatRoom>> ForgetRemovedAsync()
    {
        // First what is known, then what there is: what is founded in between is not taken for gone.
        var known = _rooms.Values;
        var there = (await store.ReadRoomsAsync()).ToHashSet();
        var gone = known.Where(room => !there.Contains(room)).ToList();
        gone.ForEach(Forget);
        return gone;
    }

    public void Forget(ChatRoom room)
    {
        if (_rooms.TryRemove(new KeyValuePair<string, ChatRoom>(room.Key, room)))
        {
            _looks.Remove(room);
            Interlocked.Increment(ref _version);
        }
    }

    private async Task<bool> TryMakeRoomAsync()
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();

            if (_madeRoomAt is { } last && timeProvider.GetElapsedTime(last, now) < ChatLimits.MakeRoomInterval)
            {
                return false;
            }

            _madeRoomAt = now;
        }

        return (await ChatErrors.OrUnavailableAsync(() => RemoveUnusedAsync(ChatLimits.UnusedRoomMinAge))).Count > 0;
    }

    private RoomListing FindListing()
    {
        var now = timeProvider.GetTimestamp();

        lock (_gate)
        {
            if (_listing is null || _listing.HasFailed || timeProvider.GetElapsedTime(_listing.StartedAt, now) >= ChatLimits.RoomListAge)
            {
                _listing = new RoomListing(now, ReadAsync);
            }

            return _listing;
        }
    }

    private async Task ReadAsync()
    {
        foreach (var room in await ChatErrors.OrUnavailableAsync(store.ReadRoomsAsync))
        {
            Add(room);
        }
    }

    private ChatRoom Add(ChatRoom room)
    {
        while (true)
        {
            if (_rooms.TryAdd(room.Key, room))
            {
                _looks.Add(room);
                Interlocked.Increment(ref _version);
                return room;
            }

            if (!_rooms.TryGetValue(room.Key, out var known))
            {
                continue;
            }

            // Founded again after it was removed: the later one has the higher number.
            if (known.Id >= room.Id)
            {
                return known;
            }

            if (_rooms.TryUpdate(room.Key, room, known))
            {
                _looks.Remove(known);
                _looks.Add(room);
            }
        }
    }
}
