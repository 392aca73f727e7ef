using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>Reads messages in the form of python-socketio 5.14 and later: JSON.</summary>
internal static class FlaskReader
{
    // More than any function of Python takes in earnest.
    private const int MaxArguments = 1000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a message.</summary>
    /// <returns><see langword="null"/> for a method that means nothing here.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static FlaskMessage? Read(ReadOnlyMemory<byte> payload)
    {
        // What is in a message goes on to browsers, which hang up on anything else.
        if (!Utf8.IsValid(payload.Span))
        {
            throw new FormatException("The message is not UTF-8.");
        }

        try
        {
            using var document = JsonDocument.Parse(payload, Options);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException("The message is not JSON.", exception);
        }
        catch (InvalidOperationException exception)
        {
            // Half a surrogate pair, which no string of .NET is made of without complaint.
            throw new FormatException("The message holds a text that is none.", exception);
        }
    }

    private static FlaskMessage? Read(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("The message is no object.");
        }

        FlaskMethod? method = ReadText(message, "method") switch
        {
            "emit" => FlaskMethod.Emit,
            "callback" => FlaskMethod.Callback,
            "disconnect" => FlaskMethod.Disconnect,
            "enter_room" => FlaskMethod.EnterRoom,
            "leave_room" => FlaskMethod.LeaveRoom,
            "close_room" => FlaskMethod.CloseRoom,
            _ => null,
        };

        return method is { } known ? Read(message, known) : null;
    }

    private static FlaskMessage Read(JsonElement message, FlaskMethod method)
    {
        var read = new FlaskMessage(method)
        {
            HostId = ReadTextOrNull(message, "host_id") ?? "",
            Cluster = ReadTextOrNull(message, "cluster"),
            Namespace = ReadTextOrNull(message, "namespace") ?? "/",
        };

        return method switch
        {
            FlaskMethod.Emit => read with
            {
                Event = ReadText(message, "event"),
                Rooms = ReadRooms(message),
                SkipSids = ReadSkipSids(message),
                Arguments = ReadArguments(message),
                Callback = ReadCallback(message),
            },
            FlaskMethod.Callback => read with
            {
                Id = Find(message, "id") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) ? number : -1,
                Arguments = ReadArguments(message, "args"),
            },
            FlaskMethod.CloseRoom => read with { Rooms = [ReadRoom(Get(message, "room"))] },
            FlaskMethod.Disconnect => read with { Sid = ReadText(message, "sid") },
            _ => read with { Sid = ReadText(message, "sid"), Rooms = [ReadRoom(Get(message, "room"))] },
        };
    }

    private static List<RawJson> ReadArguments(JsonElement message)
    {
        var arguments = ReadArguments(message, "data");

        // To Python, None alone is no argument, and cannot be told from it here.
        if (arguments is [var only] && only.Utf8.Span.SequenceEqual("null"u8))
        {
            arguments.Clear();
        }

        return arguments;
    }

    /// <summary>A list of arguments, or one that is none; with binary data, that and the data, in base64.</summary>
    private static List<RawJson> ReadArguments(JsonElement message, string name)
    {
        var data = Get(message, name);
        List<byte[]> attachments = [];

        if (Find(message, "binary") is { ValueKind: JsonValueKind.True })
        {
            if (data.ValueKind != JsonValueKind.Array || data.GetArrayLength() == 0)
            {
                throw new FormatException("The binary data is missing.");
            }

            attachments.AddRange(data.EnumerateArray().Skip(1).Select(ReadBase64));
            data = data[0];
            CheckPlaceholders(data, new bool[attachments.Count]);
        }

        if (data.ValueKind != JsonValueKind.Array)
        {
            return [new RawJson(Copy(data), attachments)];
        }

        return data.GetArrayLength() <= MaxArguments
            ? [.. data.EnumerateArray().Select(item => new RawJson(Copy(item), attachments))]
            : throw new FormatException("There are too many arguments.");
    }

    /// <summary>Each placeholder stands for data, and no data is stood for twice: otherwise little could be made much.</summary>
    private static void CheckPlaceholders(JsonElement value, bool[] used)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                CheckPlaceholders(item, used);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && Find(value, "_placeholder") is { ValueKind: JsonValueKind.True })
        {
            if (Find(value, "num") is not { ValueKind: JsonValueKind.Number } number
                || !number.TryGetInt32(out var index)
                || (uint)index >= (uint)used.Length
                || used[index])
            {
                throw new FormatException("A placeholder stands for nothing.");
            }

            used[index] = true;
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                // The name is read too: see what is caught above.
                _ = property.Name;
                CheckPlaceholders(property.Value, used);
            }
        }
    }

    private static FlaskCallback? ReadCallback(JsonElement message) => Find(message, "callback") switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Array } callback when callback.GetArrayLength() == 3 =>
            new FlaskCallback(new RawJson(Copy(callback[0]), []), new RawJson(Copy(callback[1]), []), new RawJson(Copy(callback[2]), [])),
        _ => throw new FormatException("The callback is none."),
    };

    private static IReadOnlyList<string> ReadRooms(JsonElement message) => Find(message, "room") switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } rooms => rooms.GetArrayLength() > 0
            ? [.. rooms.EnumerateArray().Select(ReadRoom)]
            // Not everybody, as no list at all would be.
            : throw new FormatException("There is no room."),
        { } room => [ReadRoom(room)],
    };

    /// <summary>The name of a room. Python's may be numbers.</summary>
    private static string ReadRoom(JsonElement room) => room.ValueKind switch
    {
        JsonValueKind.String => room.GetString()!,
        JsonValueKind.Number => room.GetRawText(),
        _ => throw new FormatException("The room is neither a text nor a number."),
    };

    private static IReadOnlyList<string> ReadSkipSids(JsonElement message) => Find(message, "skip_sid") switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } sid => [sid.GetString()!],
        { ValueKind: JsonValueKind.Array } sids => [.. sids.EnumerateArray().Where(static sid => sid.ValueKind != JsonValueKind.Null).Select(ReadRoom)],
        _ => throw new FormatException("Those to leave out are none."),
    };

    private static byte[] ReadBase64(JsonElement text) =>
        text.ValueKind == JsonValueKind.String && text.TryGetBytesFromBase64(out var data) ? data : throw new FormatException("The binary data is not base64.");

    private static string ReadText(JsonElement message, string name) =>
        ReadTextOrNull(message, name) ?? throw new FormatException($"The message has no \"{name}\".");

    private static string? ReadTextOrNull(JsonElement message, string name) => Find(message, name) switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new FormatException($"\"{name}\" is no text."),
    };

    private static JsonElement Get(JsonElement message, string name) => Find(message, name) ?? throw new FormatException($"The message has no \"{name}\".");

    private static JsonElement? Find(JsonElement message, string name) => message.TryGetProperty(name, out var found) ? found : null;

    private static byte[] Copy(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).ToArray();
}
