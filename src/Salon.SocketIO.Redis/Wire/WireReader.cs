using System.Runtime.InteropServices;
using System.Text.Json;
using Salon.Json;
using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Redis.Wire;

/// <summary>Reads what all forms have in common.</summary>
/// <exception cref="FormatException">Something is missing or of another type.</exception>
internal readonly struct WireReader(JsonElement value, IReadOnlyList<byte[]> attachments)
{
    // More than anybody chooses in earnest; and each costs its name, on every server.
    private const int MaxRooms = 100_000;

    public JsonElement Value => value;

    public static WireReader Read(ReadOnlySpan<byte> payload)
    {
        var (value, attachments) = WirePayload.Read(payload);
        return new WireReader(value, attachments);
    }

    public bool Has(string name) => Find(name) is not null;

    public WireReader Get(string name) => Find(name) ?? throw new FormatException($"The message has no \"{name}\".");

    public WireReader Get(int index) =>
        value.ValueKind == JsonValueKind.Array && index < value.GetArrayLength() ? With(value[index]) : throw new FormatException("The message is too short.");

    public string? GetTextOrNull(string name) => Find(name) is { Value.ValueKind: JsonValueKind.String } text ? JavaScriptText.Read(text.Value) : null;

    public int? GetNumberOrNull(string name) =>
        Find(name) is { Value.ValueKind: JsonValueKind.Number } number && number.Value.TryGetInt32(out var result) ? result : null;

    public bool IsTrue(string name) => Find(name) is { Value.ValueKind: JsonValueKind.True };

    /// <summary>Any value.</summary>
    public RawJson ReadRaw() => new(JsonMarshal.GetRawUtf8Value(value).ToArray(), attachments);

    /// <summary>An array that begins with the name of an event.</summary>
    public RawJson ReadEvent() =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? ReadRaw()
            : throw new FormatException("The event has no name.");

    /// <summary>An event for programs, which must be able to read its name.</summary>
    public RawJson ReadProgramEvent() =>
        ReadEvent() is var @event && (value[0].ValueKind != JsonValueKind.String || JavaScriptText.IsWellFormed(value[0]))
            ? @event
            : throw new FormatException("The event's name is no text.");

    /// <summary>The event of a packet.</summary>
    public RawJson ReadPacket() =>
        GetNumberOrNull("type") is 2 or 5 ? Get("data").ReadEvent() : throw new FormatException("The packet is no event.");

    /// <summary>Names of rooms, which in JavaScript may be numbers.</summary>
    public IReadOnlyList<string> ReadRooms() => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() > MaxRooms => throw new FormatException("There are too many rooms."),
        JsonValueKind.Array => [.. value.EnumerateArray().Select(ReadRoom)],
        JsonValueKind.String or JsonValueKind.Number => [ReadRoom(value)],
        JsonValueKind.Null => [],
        _ => throw new FormatException("The rooms are none."),
    };

    public BroadcastOptions ReadOptions()
    {
        var flags = Find("flags");

        return new BroadcastOptions
        {
            Rooms = Find("rooms")?.ReadRooms() ?? [],
            Except = Find("except")?.ReadRooms() ?? [],
            IsVolatile = flags?.IsTrue("volatile") ?? false,
            Compress = flags?.Find("compress") is not { Value.ValueKind: JsonValueKind.False },
            Timeout = flags?.GetNumberOrNull("timeout") is { } milliseconds and >= 0 ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
    }

    public IReadOnlyList<ClusterSocket> ReadSockets()
    {
        var sockets = new List<ClusterSocket>();

        foreach (var element in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default)
        {
            var socket = With(element);

            sockets.Add(new ClusterSocket(
                socket.GetTextOrNull("id") ?? throw new FormatException("A socket has no id."),
                socket.Find("rooms")?.ReadRooms() ?? [],
                socket.Find("handshake")?.ReadRaw() ?? new RawJson(),
                socket.Find("data")?.ReadRaw() ?? new RawJson()));
        }

        return sockets;
    }

    private static string ReadRoom(JsonElement room) => room.ValueKind switch
    {
        JsonValueKind.String => JavaScriptText.Read(room),
        JsonValueKind.Number => room.GetRawText(),
        _ => throw new FormatException("A room is neither a text nor a number."),
    };

    private WireReader? Find(string name) => JavaScriptText.Find(value, name) is { } found ? With(found) : null;

    private WireReader With(JsonElement element) => new(element, attachments);
}
