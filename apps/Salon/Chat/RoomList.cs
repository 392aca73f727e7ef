using System.Buffers;
using System.Globalization;
using System.Text;

namespace Salon.App.Chat;

/// <summary>
/// All rooms in the order of their keys, with what does not change of an answer written already: a page is copied together. Made anew only
/// when there are other rooms. Immutable.
/// </summary>
internal sealed class RoomList
{
    private readonly ChatRoom[] _rooms;
    private readonly byte[][] _heads;

    public RoomList(IEnumerable<ChatRoom> rooms, int version)
    {
        Version = version;
        _rooms = [.. rooms];
        Array.Sort(_rooms, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        _heads = Array.ConvertAll(_rooms, static room => (byte[])[.. "{\"room\":"u8, .. ChatJson.Encode(room.Name), .. ",\"members\":"u8]);
    }

    /// <summary>Of which version of the directory.</summary>
    public int Version { get; }

    /// <summary>Writes a page: <c>{ rooms: [{ room, members }], hasMore, ok: true }</c>.</summary>
    /// <param name="after">The name of the room that comes before the page; <see langword="null"/> for the first.</param>
    /// <param name="limit">How many rooms it has at most.</param>
    /// <param name="presence">Who knows how many people there are.</param>
    public byte[] WritePage(string? after, int limit, Presence presence)
    {
        var first = after is null ? 0 : FindFirstAfter(ChatRoom.ToKey(after));
        var count = Math.Min(limit, _rooms.Length - first);
        var members = presence.Count(_rooms.AsSpan(first, count));
        var page = new ArrayBufferWriter<byte>(64 * (count + 1));

        page.Write("{\"rooms\":["u8);

        for (var i = 0; i < count; i++)
        {
            page.Write(i == 0 ? ""u8 : ","u8);
            page.Write(_heads[first + i]);
            page.Write(Encoding.ASCII.GetBytes(members[i].ToString(CultureInfo.InvariantCulture)));
            page.Write("}"u8);
        }

        page.Write(first + count < _rooms.Length ? "],\"hasMore\":true,\"ok\":true}"u8 : "],\"hasMore\":false,\"ok\":true}"u8);
        return page.WrittenSpan.ToArray();
    }

    private int FindFirstAfter(string key)
    {
        var (low, high) = (0, _rooms.Length);

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(_rooms[middle].Key, key) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
