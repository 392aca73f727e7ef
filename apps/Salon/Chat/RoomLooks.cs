namespace Salon.App.Chat;

/// <summary>
/// Rooms by what their names look like: one of each look, but for those from before looks were compared. Kept as rooms come and go, so that
/// founding one does not cost a pass over all. Thread-safe.
/// </summary>
internal sealed class RoomLooks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChatRoom[]> _rooms = new(StringComparer.Ordinal);

    /// <summary>The oldest room that looks so.</summary>
    public ChatRoom? Find(string look)
    {
        lock (_gate)
        {
            return _rooms.GetValueOrDefault(look)?.MinBy(static room => room.Id);
        }
    }

    public void Add(ChatRoom room)
    {
        lock (_gate)
        {
            _rooms[room.Look] = [.. _rooms.GetValueOrDefault(room.Look) ?? [], room];
        }
    }

    public void Remove(ChatRoom room)
    {
        lock (_gate)
        {
            ChatRoom[] left = [.. (_rooms.GetValueOrDefault(room.Look) ?? []).Where(other => other != room)];

            if (left.Length > 0)
            {
                _rooms[room.Look] = left;
            }
            else
            {
                _rooms.Remove(room.Look);
            }
        }
    }
}
