using Npgsql;
using Salon.App.Chat;

namespace Salon.App.Storage.Postgres;

/// <summary>The chat in PostgreSQL.</summary>
internal sealed class PostgresChatStore(PostgresDatabase database) : IChatStore
{
    public Task<IReadOnlyList<StoredMessage?>> AppendAsync(IReadOnlyList<NewMessage> messages) =>
        database.UseAsync((connection, isRepeated) => new PostgresAppend(connection, messages, isRepeated).RunAsync());

    public Task<(ChatRoom Room, bool IsNew)?> FoundAsync(NewRoom room, int maxRooms) => database.UseAsync(async (connection, _) =>
    {
        var isNew = await PostgresRooms.FoundAsync(connection, room, maxRooms);
        return await PostgresRooms.FindAsync(connection, room.Key) is { } found ? (found, isNew) : ((ChatRoom, bool)?)null;
    });

    public Task<ChatRoom?> FindRoomAsync(string key) => database.UseAsync((connection, _) => PostgresRooms.FindAsync(connection, key));

    public Task<int> KeepAsync(IReadOnlyList<ChatRoom> rooms, DateTimeOffset time) =>
        database.UseAsync((connection, _) => PostgresRooms.KeepAsync(connection, rooms, time));

    public Task<IReadOnlyList<ChatRoom>> RemoveUnusedAsync(DateTimeOffset since) =>
        database.UseAsync<IReadOnlyList<ChatRoom>>(async (connection, _) => await PostgresRooms.RemoveUnusedAsync(connection, since));

    public Task<IReadOnlyList<ChatRoom>> ReadRoomsAsync() =>
        database.UseAsync<IReadOnlyList<ChatRoom>>(static async (connection, _) => await PostgresRooms.ReadAllAsync(connection));

    public Task<IReadOnlyList<(ChatRoom Room, long Head)>> ReadHeadsAsync(IReadOnlyList<ChatRoom> rooms) =>
        database.UseAsync<IReadOnlyList<(ChatRoom, long)>>(async (connection, _) => await PostgresRooms.ReadHeadsAsync(connection, rooms));

    public async Task<(HistoryPage Page, long Head)> ReadAfterAsync(ChatRoom room, long since, int limit)
    {
        var (messages, head) = await ReadAsync(room, () => PostgresMessages.ReadAfter(room, since, limit + 1));
        return (HistoryPage.Oldest(messages, limit), head);
    }

    public async Task<(HistoryPage Page, long Head)> ReadBeforeAsync(ChatRoom room, long before, int limit)
    {
        var (messages, head) = await ReadAsync(room, () => PostgresMessages.ReadBefore(room, before, limit + 1));
        return (HistoryPage.Newest(messages, limit), head);
    }

    private Task<(List<ChatMessage> Messages, long Head)> ReadAsync(ChatRoom room, Func<NpgsqlCommand> read) => database.UseAsync(async (connection, _) =>
    {
        await using var command = read();
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync();

        var messages = new List<ChatMessage>();
        var head = 0L;

        while (await reader.ReadAsync())
        {
            head = PostgresMessages.ToHead(reader);

            if (PostgresMessages.IsMessage(reader))
            {
                messages.Add(PostgresMessages.ToMessage(reader, room));
            }
        }

        return (messages, head);
    });
}
