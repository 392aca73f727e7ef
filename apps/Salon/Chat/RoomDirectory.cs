using System.Collections.Concurrent;

namespace Salon.App.Chat;

/// <summary>
/// The rooms that this process has heard of, by name. A room that it has not heard of may have been founded by another process, so the
/// database is asked. Rooms are neither deleted nor renamed: what is known stays true, and is never forgotten; the bound is that of the
/// rooms there may be. Thread-safe; the lock guards the listing, and is not held while it is read.
/// </summary>
internal sealed class RoomDirectory(IChatStore store, TimeProvider timeProvider)
{
    public const string General = "general";

    private readonly ConcurrentDictionary<string, ChatRoom> _rooms = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private RoomListing? _listing;

    /// <summary>The rooms that this process has heard of; among them are all that anybody is in here.</summary>
    public ICollection<ChatRoom> Known => _rooms.Values;

    /// <summary>All rooms, as they were at most <see cref="ChatLimits.RoomListAge"/> ago.</summary>
    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async Task<ICollection<ChatRoom>> ListAsync()
    {
        await FindListing().Reading;
        return Known;
    }

    /// <summary>Gives a room if this process has heard of it.</summary>
    public ChatRoom? FindKnown(string name) => _rooms.GetValueOrDefault(ChatName.ToKey(name));

    /// <exception cref="SocketIO.SocketIOException">The database does not answer.</exception>
    public async ValueTask<ChatRoom?> FindAsync(string name)
    {
        var key = ChatName.ToKey(name);

        if (_rooms.TryGetValue(key, out var known))
        {
            return known;
        }

        var room = await ChatErrors.OrUnavailableAsync(() => store.FindRoomAsync(key));
        return room is null ? null : Add(room);
    }

    /// <summary>Gives a room, and founds it if there is none.</summary>
    /// <returns>The room, and whether it is new.</returns>
    /// <exception cref="SocketIO.SocketIOException">It could not be founded.</exception>
    public async ValueTask<(ChatRoom Room, bool IsNew)> FindOrCreateAsync(string name, string founder)
    {
        if (await FindAsync(name) is { } found)
        {
            return (found, false);
        }

        // Somebody else may found it meanwhile, here or elsewhere: the database decides.
        var room = new NewRoom(name, founder, timeProvider.GetUtcNow());
        var (created, isNew) = await ChatErrors.OrUnavailableAsync(() => store.FoundAsync(room, ChatLimits.Rooms)) ?? throw ChatErrors.TooManyRooms;

        return (Add(created), isNew);
    }

    private RoomListing FindListing()
    {
        var now = timeProvider.GetTimestamp();

        lock (_gate)
        {
            if (_listing is null || timeProvider.GetElapsedTime(_listing.StartedAt, now) >= ChatLimits.RoomListAge)
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

    private ChatRoom Add(ChatRoom room) => _rooms.GetOrAdd(room.Key, room);
}
