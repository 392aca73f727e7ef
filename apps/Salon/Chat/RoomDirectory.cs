using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;
using Salon.App.Storage;

namespace Salon.App.Chat;

/// <summary>All rooms, by name. They are read when the app starts, bounded in number, and never forgotten. Thread-safe.</summary>
internal sealed class RoomDirectory
{
    public const string General = "general";

    private readonly ConcurrentDictionary<string, ChatRoom> _rooms = new(StringComparer.Ordinal);
    private readonly WriteQueue _writes;
    private readonly TimeProvider _timeProvider;

    public RoomDirectory(Database database, WriteQueue writes, TimeProvider timeProvider)
    {
        _writes = writes;
        _timeProvider = timeProvider;

        using var connection = database.OpenForReading();

        foreach (var room in connection.Query<(long Id, string Name)>("SELECT id, name FROM rooms"))
        {
            Add(new ChatRoom(room.Id, room.Name));
        }
    }

    public IEnumerable<ChatRoom> Rooms => _rooms.Values;

    public ChatRoom? Find(string name) => _rooms.GetValueOrDefault(ChatName.ToKey(name));

    /// <summary>Gives a room, and founds it if there is none.</summary>
    /// <returns>The room, and whether it is new.</returns>
    /// <exception cref="SocketIO.SocketIOException">It could not be founded.</exception>
    public async ValueTask<(ChatRoom Room, bool IsNew)> FindOrCreateAsync(string name, string founder)
    {
        if (Find(name) is { } room)
        {
            return (room, false);
        }

        if (_rooms.Count >= ChatLimits.Rooms)
        {
            throw ChatErrors.TooManyRooms;
        }

        var creation = new Creation(this, name, founder, _timeProvider.GetUtcNow());
        return _writes.TryAdd(creation) ? await creation.Result : throw ChatErrors.Unavailable;
    }

    private void Add(ChatRoom room) => _rooms[room.Key] = room;

    private sealed class Creation(RoomDirectory directory, string name, string founder, DateTimeOffset time) : IWrite
    {
        private readonly TaskCompletionSource<(ChatRoom, bool)> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ChatRoom? _room;
        private bool _isNew;

        public Task<(ChatRoom, bool)> Result => _result.Task;

        public void Execute(SqliteConnection connection, SqliteTransaction transaction)
        {
            var row = new { key = ChatName.ToKey(name), name, founder, time = time.ToUnixTimeMilliseconds() };

            // Somebody else may have founded it since it was looked for.
            _isNew = connection.Execute(
                "INSERT INTO rooms (key, name, created_by, created_at) VALUES (@key, @name, @founder, @time) ON CONFLICT (key) DO NOTHING",
                row,
                transaction) == 1;

            var (id, storedName) = connection.QuerySingle<(long, string)>("SELECT id, name FROM rooms WHERE key = @key", row, transaction);
            _room = new ChatRoom(id, storedName);
        }

        public void OnCommitted()
        {
            directory.Add(_room!);
            _result.SetResult((_room!, _isNew));
        }

        public void OnFailed(Exception exception) => _result.SetException(ChatErrors.Unavailable);
    }
}
