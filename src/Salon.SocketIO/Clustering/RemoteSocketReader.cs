using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Salon.EngineIO;

namespace Salon.SocketIO.Clustering;

/// <summary>
/// Reads what another server tells of a socket. Servers in other languages may leave out what they like; what is missing or of another
/// type than expected is as if the client had not said it.
/// </summary>
internal static class RemoteSocketReader
{
    public static RemoteSocket Read(Namespace owner, ClusterSocket socket)
    {
        return new RemoteSocket(
            owner,
            socket.Id,
            Read(socket.Handshake, ReadHandshake) ?? ReadHandshake(default),
            socket.Rooms.ToHashSet(StringComparer.Ordinal),
            ReadData(socket.Data));
    }

    /// <summary>What the app knows of a socket: each value as JSON, or binary data.</summary>
    public static IReadOnlyDictionary<string, object?> ReadData(RawJson data)
    {
        return Read(data, parsed =>
        {
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);

            foreach (var property in parsed.ValueKind == JsonValueKind.Object ? parsed.EnumerateObject() : default)
            {
                values[property.Name] = ReadValue(property.Value, data.Attachments);
            }

            return values;
        }) ?? [];
    }

    private static object? ReadValue(JsonElement value, IReadOnlyList<byte[]> attachments) =>
        attachments.Count > 0
        && Find(value, "_placeholder", JsonValueKind.True) is not null
        && Find(value, "num", JsonValueKind.Number) is { } number
        && number.TryGetInt32(out var index)
        && index >= 0
        && index < attachments.Count
            ? attachments[index]
            : value;

    private static Handshake ReadHandshake(JsonElement handshake)
    {
        var headers = Find(handshake, "headers", JsonValueKind.Object) is { } found
            ? found.EnumerateObject().Select(static header => KeyValuePair.Create(header.Name, ReadHeader(header.Value)))
            : [];
        var issued = Find(handshake, "issued", JsonValueKind.Number) is { } number && number.TryGetInt64(out var milliseconds) && IsTime(milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.UnixEpoch;
        var address = IPAddress.TryParse(ReadText(handshake, "address"), out var parsed) ? parsed : null;

        return new Handshake(
            new EngineHandshake(ReadText(handshake, "url") ?? "", headers, address, Find(handshake, "secure", JsonValueKind.True) is not null, issued),
            Find(handshake, "auth", JsonValueKind.Object) is { } auth ? System.Text.Encoding.UTF8.GetBytes(auth.GetRawText()) : default);
    }

    private static StringValues ReadHeader(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => value.EnumerateArray().Select(static item => item.ToString()).ToArray(),
        _ => value.ToString(),
    };

    private static bool IsTime(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static string? ReadText(JsonElement element, string name) => Find(element, name, JsonValueKind.String)?.GetString();

    private static JsonElement? Find(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    /// <returns><see langword="null"/> for what no string of .NET is made of, or is nested deeper than anything that is meant.</returns>
    private static T? Read<T>(RawJson json, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(json.Utf8.Span);
            return read(JsonElement.ParseValue(ref reader));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
