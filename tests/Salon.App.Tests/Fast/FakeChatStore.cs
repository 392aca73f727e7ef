using Salon.App.Chat;
using Salon.App.Storage;

namespace Salon.App.Tests.Fast;

/// <summary>A database in memory, which can be away, and counts what it is asked.</summary>
internal sealed class FakeChatStore : IChatStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ChatRoom Room, DateTimeOffset KeptAt)> _rooms = [];
    private readonly Dictionary<ChatRoom, List<ChatMessage>> _messages = [];
    private long _lastId;

    public bool IsAway { get; set; }

    public int Listings { get; private set; }

    /// <summary>Called with how many messages are to be stored together; they are stored when it has completed.</summary>
    public Func<int, Task> Appending { get; set; } = static _ => Task.CompletedTask;

    public async Task<IReadOnlyList<StoredMessage?>> AppendAsync(IReadOnlyList<NewMessage> messages)
    {
        await Appending(messages.Count);
        return await Do<IReadOnlyList<StoredMessage?>>(() => [.. messages.Select(Append)]);
    }

    public Task<(ChatRoom Room, bool IsNew)?> FoundAsync(NewRoom room, int maxRooms) => Do<(ChatRoom, bool)?>(() =>
    {
        if (_rooms.TryGetValue(room.Key, out var known))
        {
            return (known.Room, false);
        }

        if (_rooms.Count >= maxRooms)
        {
            return null;
        }

        var founded = new ChatRoom(++_lastId, room.Name);
        _rooms.Add(room.Key, (founded, room.Time));
        return (founded, true);
    });

    public Task<ChatRoom?> FindRoomAsync(string key) => Do(() => _rooms.TryGetValue(key, out var found) ? found.Room : null);

    public Task<int> KeepAsync(IReadOnlyList<ChatRoom> rooms, DateTimeOffset time) => Do(() =>
    {
        var there = rooms.Where(room => _rooms.TryGetValue(room.Key, out var found) && found.Room == room).ToList();
        there.ForEach(room => _rooms[room.Key] = (room, time));
        return there.Count;
    });

    public Task<IReadOnlyList<ChatRoom>> RemoveUnusedAsync(DateTimeOffset since) => Do<IReadOnlyList<ChatRoom>>(() =>
    {
        var unused = _rooms.Values.Where(found => found.KeptAt < since && !_messages.ContainsKey(found.Room) && found.Room.Key != "general").Select(static found => found.Room).ToList();
        unused.ForEach(room => _rooms.Remove(room.Key));
        return unused;
    });

    public Task<IReadOnlyList<ChatRoom>> ReadRoomsAsync() => Do<IReadOnlyList<ChatRoom>>(() =>
    {
        Listings++;
        return [.. _rooms.Values.Select(static found => found.Room)];
    });

    public Task<IReadOnlyList<(ChatRoom Room, long Head)>> ReadHeadsAsync(IReadOnlyList<ChatRoom> rooms) =>
        Do<IReadOnlyList<(ChatRoom, long)>>(() => [.. rooms.Select(room => (room, HeadOf(room)))]);

    public Task<(HistoryPage Page, long Head)> ReadAfterAsync(ChatRoom room, long since, int limit) =>
        Do(() => (HistoryPage.Oldest([.. MessagesOf(room).Where(message => message.Seq > since).Take(limit + 1)], limit), HeadOf(room)));

    public Task<(HistoryPage Page, long Head)> ReadBeforeAsync(ChatRoom room, long before, int limit) =>
        Do(() => (HistoryPage.Newest([.. MessagesOf(room).Where(message => message.Seq < before).TakeLast(limit + 1)], limit), HeadOf(room)));

    private StoredMessage? Append(NewMessage message)
    {
        if (!_rooms.TryGetValue(message.Room.Key, out var found) || found.Room != message.Room)
        {
            return null;
        }

        var messages = _messages.TryGetValue(message.Room, out var known) ? known : _messages[message.Room] = [];
        var numbered = message.WithNumber(messages.Count + 1);
        messages.Add(numbered);
        return new StoredMessage(numbered, IsNew: true);
    }

    private List<ChatMessage> MessagesOf(ChatRoom room) => _messages.GetValueOrDefault(room) ?? [];

    private long HeadOf(ChatRoom room) => MessagesOf(room).Count;

    private Task<T> Do<T>(Func<T> call)
    {
        lock (_gate)
        {
            return IsAway ? Task.FromException<T>(new StorageException("It is away.")) : Task.FromResult(call());
        }
    }
}
