using Salon.App.Chat;

namespace Salon.App.Storage.Postgres;

/// <summary>
/// Which numbers messages get that are stored in one transaction, and which of them are stored already: by their writers' names for them, or by an
/// attempt before. Filled with what the database knows while it is locked; then asked for each message, in order. Used once, by one caller.
/// </summary>
/// <param name="isRepeated">Whether an attempt before this one may have stored them, which nobody can say when the connection broke.</param>
internal sealed class PostgresNumbers(bool isRepeated)
{
    private readonly Dictionary<long, long> _heads = [];
    private readonly Dictionary<(long RoomId, string Username, string ClientMsgId), ChatMessage> _storedByName = [];
    private readonly Dictionary<string, ChatMessage> _storedById = [];
    private readonly List<(ChatRoom Room, ChatMessage Message)> _added = [];

    /// <summary>The newest number of each room that is there.</summary>
    public IReadOnlyDictionary<long, long> Heads => _heads;

    /// <summary>What is to be stored.</summary>
    public IReadOnlyList<(ChatRoom Room, ChatMessage Message)> Added => _added;

    /// <summary>A room is there.</summary>
    public void AddHead(long roomId, long head) => _heads.Add(roomId, head);

    /// <summary>A message is stored already.</summary>
    public void AddStored(ChatRoom room, ChatMessage message)
    {
        _storedById[message.Id] = message;

        if (message.ClientMsgId is { } name)
        {
            _storedByName[(room.Id, message.Username, name)] = message;
        }
    }

    /// <summary>Gives a message the next number of its room, unless it is stored.</summary>
    /// <returns><see langword="null"/> when the room is not there any more.</returns>
    public StoredMessage? Number(NewMessage message)
    {
        if (Find(message) is { } stored)
        {
            // What an attempt before this one has stored is still news to everybody.
            return new StoredMessage(stored, IsNew: isRepeated && stored.Id == message.Id.ToString("N"));
        }

        if (!_heads.TryGetValue(message.Room.Id, out var head))
        {
            // Removed, as rooms are in which nothing was ever said: that is its writer's to know, and nobody else's.
            return null;
        }

        var numbered = message.WithNumber(head + 1);
        _heads[message.Room.Id] = head + 1;
        _added.Add((message.Room, numbered));
        AddStored(message.Room, numbered);
        return new StoredMessage(numbered, IsNew: true);
    }

    private ChatMessage? Find(NewMessage message) =>
        _storedById.GetValueOrDefault(message.Id.ToString("N"))
        ?? (message.ClientMsgId is { } name ? _storedByName.GetValueOrDefault((message.Room.Id, message.Username, name)) : null);
}
