using System.Text;
using System.Text.Json;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>Writes messages in the form of python-socketio 5.14 and later, which takes no notice of fields that it does not know.</summary>
internal sealed class FlaskWriter
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 1000 };

    private readonly string _hostId;
    private readonly bool _forOldPython;
    private readonly byte[] _start;

    /// <param name="hostId">This server's id on the bus: hexadecimal digits.</param>
    /// <param name="forOldPython">Whether a single argument is written as it is.</param>
    public FlaskWriter(string hostId, bool forOldPython)
    {
        (_hostId, _forOldPython) = (hostId, forOldPython);
        _start = Encoding.ASCII.GetBytes($$"""{"host_id":"{{hostId}}","method":""");
    }

    /// <summary>Whether a message is one of this server's own, which come back from Redis; answers to it are none of these.</summary>
    public bool IsOwn(ReadOnlySpan<byte> payload) => payload.StartsWith(_start) && !payload[_start.Length..].StartsWith("\"callback\""u8);

    /// <summary>Writes an event.</summary>
    /// <param name="packet">The event.</param>
    /// <param name="rooms">Where it goes; none for everybody.</param>
    /// <param name="skipSids">Who does not get it.</param>
    /// <param name="callback">The number by which its answer comes back; <see langword="null"/> when none is waited for.</param>
    /// <param name="cluster">The cluster of this server.</param>
    public ReadOnlyMemory<byte> WriteEmit(EncodedPacket packet, IReadOnlyList<string> rooms, IReadOnlyList<string> skipSids, long? callback, string? cluster)
    {
        var state = (Writer: this, packet, rooms, skipSids, callback, cluster);

        return WirePayload.WriteJson(state, static (writer, state) =>
        {
            state.Writer.WriteStart(writer, "emit"u8);
            state.Writer.WriteEvent(writer, state.packet);
            writer.WriteString("namespace"u8, state.packet.Header.Namespace);
            WriteRoomOrRooms(writer, state.rooms);

            if (state.skipSids.Count > 0)
            {
                writer.WriteRooms("skip_sid"u8, state.skipSids);
            }
            else
            {
                writer.WriteNull("skip_sid"u8);
            }

            WriteCallback(writer, state.packet.Header.Namespace, state.rooms, state.callback);
            WriteEnd(writer, state.cluster);
        });
    }

    /// <summary>Writes what concerns one socket, or of <see cref="FlaskMethod.CloseRoom"/>, none.</summary>
    public ReadOnlyMemory<byte> Write(FlaskMethod method, string @namespace, string? sid, string? room, string? cluster)
    {
        var state = (Writer: this, method, @namespace, sid, room, cluster);

        return WirePayload.WriteJson(state, static (writer, state) =>
        {
            state.Writer.WriteStart(writer, GetName(state.method));

            if (state.sid is { } sid)
            {
                writer.WriteString("sid"u8, sid);
            }

            if (state.room is { } room)
            {
                writer.WriteString("room"u8, room);
            }

            writer.WriteString("namespace"u8, state.@namespace);
            WriteEnd(writer, state.cluster);
        });
    }

    /// <summary>Writes a client's answer, which goes to the one that asked. The form knows no binary data in it.</summary>
    public static ReadOnlyMemory<byte> WriteAnswer(string hostId, FlaskCallback callback, EventArguments answer) =>
        WirePayload.WriteJson((hostId, callback, answer), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteString("method"u8, "callback"u8);
            writer.WriteString("host_id"u8, state.hostId);
            writer.WriteRaw("sid"u8, state.callback.Sid);
            writer.WriteRaw("namespace"u8, state.callback.Namespace);
            writer.WriteRaw("id"u8, state.callback.Id);
            writer.WriteStartArray("args"u8);

            for (var i = 0; i < state.answer.Count; i++)
            {
                writer.WriteRawValue(state.answer[i].Utf8.Span, skipInputValidation: true);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    private void WriteEvent(Utf8JsonWriter writer, EncodedPacket packet)
    {
        var json = packet.Json.Span;
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        reader.Read();
        writer.WriteString("event"u8, reader.GetString());

        // What is left of the array: its own brackets go around it again.
        var rest = json[(int)reader.BytesConsumed..^1].TrimStart(", "u8);
        var isBinary = packet.Header.Attachments > 0;
        writer.WritePropertyName("data"u8);

        if (isBinary)
        {
            writer.WriteStartArray();
            WriteArray(writer, rest);

            foreach (var attachment in packet.Attachments)
            {
                writer.WriteBase64StringValue(attachment.Span);
            }

            writer.WriteEndArray();
        }
        else if (_forOldPython && IsPlain(json, rest.IsEmpty))
        {
            writer.WriteRawValue(rest.IsEmpty ? "null"u8 : rest, skipInputValidation: true);
        }
        else
        {
            WriteArray(writer, rest);
        }

        writer.WriteBoolean("binary"u8, isBinary);
    }

    /// <summary>Whether all versions of Python read the arguments in the same way without a list around them: none, or one that is no list.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> json, bool isEmpty)
    {
        if (isEmpty)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        reader.Read();
        reader.Read();
        var isList = reader.TokenType == JsonTokenType.StartArray;
        reader.Skip();
        reader.Read();
        return !isList && reader.TokenType == JsonTokenType.EndArray;
    }

    private static void WriteArray(Utf8JsonWriter writer, ReadOnlySpan<byte> items)
    {
        writer.WriteStartArray();

        if (!items.IsEmpty)
        {
            writer.WriteRawValue(items, skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    private static void WriteRoomOrRooms(Utf8JsonWriter writer, IReadOnlyList<string> rooms)
    {
        if (rooms.Count == 0)
        {
            writer.WriteNull("room"u8);
        }
        else if (rooms.Count == 1)
        {
            writer.WriteString("room"u8, rooms[0]);
        }
        else
        {
            writer.WriteRooms("room"u8, rooms);
        }
    }

    private static void WriteCallback(Utf8JsonWriter writer, string @namespace, IReadOnlyList<string> rooms, long? callback)
    {
        if (callback is not { } id)
        {
            writer.WriteNull("callback"u8);
            return;
        }

        writer.WriteStartArray("callback"u8);
        writer.WriteStringValue(rooms[0]);
        writer.WriteStringValue(@namespace);
        writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }

    // First of all, so that IsOwn need not look for it.
    private void WriteStart(Utf8JsonWriter writer, ReadOnlySpan<byte> method)
    {
        writer.WriteStartObject();
        writer.WriteString("host_id"u8, _hostId);
        writer.WriteString("method"u8, method);
    }

    private static void WriteEnd(Utf8JsonWriter writer, string? cluster)
    {
        if (cluster is not null)
        {
            writer.WriteString("cluster"u8, cluster);
        }

        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> GetName(FlaskMethod method) => method switch
    {
        FlaskMethod.Disconnect => "disconnect"u8,
        FlaskMethod.EnterRoom => "enter_room"u8,
        FlaskMethod.LeaveRoom => "leave_room"u8,
        FlaskMethod.CloseRoom => "close_room"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };
}
