using System.Text.Json;
using Salon.Json;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Wire;

namespace Salon.SocketIO.Redis.Classic;

/// <summary>
/// The form of <c>@socket.io/redis-adapter</c>: broadcasts are <c>[uid, packet, opts]</c> in MessagePack; requests and answers are objects,
/// in JSON where there is no packet.
/// </summary>
internal static class ClassicCodec
{
    /// <summary>Writes a broadcast whose answers nobody waits for.</summary>
    public static ReadOnlyMemory<byte> EncodeBroadcast(ClusterMessage message, string @namespace)
    {
        var json = WirePayload.WriteJson((message, @namespace), static (writer, state) =>
        {
            writer.WriteStartArray();
            writer.WriteStringValue(state.message.Sender);
            writer.WriteStartObject();
            writer.WriteEvent(state.message.Event, state.@namespace);
            writer.WriteEndObject();
            writer.WriteStartObject();
            writer.WriteOptionFields(state.message.Options);
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
        return WirePayload.ToMessagePack(json, message.Event.Attachments);
    }

    /// <summary>Reads a broadcast.</summary>
    /// <returns><see langword="null"/> for one of another namespace.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static ClusterMessage? DecodeBroadcast(ReadOnlySpan<byte> payload, string @namespace)
    {
        var message = WireReader.Read(payload);
        var packet = message.Get(1);

        if ((packet.GetTextOrNull("nsp") ?? "/") != @namespace)
        {
            return null;
        }

        return new ClusterMessage(ClusterMessageType.Broadcast)
        {
            Sender = message.Get(0).Value is { ValueKind: JsonValueKind.String } sender ? JavaScriptText.Read(sender) : "",
            Event = packet.ReadPacket(),
            Options = message.Get(2).ReadOptions(),
        };
    }

    /// <summary>Writes a request.</summary>
    public static ReadOnlyMemory<byte> EncodeRequest(ClusterMessage message, string @namespace)
    {
        var json = WirePayload.WriteJson((message, @namespace), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteString("uid"u8, state.message.Sender);

            if (state.message.RequestId is { } id)
            {
                writer.WriteString("requestId"u8, id);
            }

            WriteRequestFields(writer, state.message, state.@namespace);
            writer.WriteEndObject();
        });

        // As the reference, which writes a packet that waits for answers in MessagePack whatever it holds.
        return message.Type == ClusterMessageType.Broadcast || message.Event.Attachments.Count > 0
            ? WirePayload.ToMessagePack(json, message.Event.Attachments)
            : json;
    }

    /// <summary>Reads a request that is one of any adapter.</summary>
    /// <returns><see langword="null"/> for one that only this adapter knows, or that means nothing here.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static ClusterMessage? DecodeRequest(WireReader request)
    {
        var sender = request.GetTextOrNull("uid") ?? "";
        var id = request.GetTextOrNull("requestId");
        var type = (ClassicRequestType)(request.GetNumberOrNull("type") ?? -1);

        return type switch
        {
            ClassicRequestType.RemoteJoin or ClassicRequestType.RemoteLeave => new ClusterMessage(type == ClassicRequestType.RemoteJoin ? ClusterMessageType.SocketsJoin : ClusterMessageType.SocketsLeave)
            {
                Sender = sender,
                Options = ReadTarget(request),
                Rooms = request.Has("rooms") ? request.Get("rooms").ReadRooms() : request.Get("room").ReadRooms(),
            },
            ClassicRequestType.RemoteDisconnect => new ClusterMessage(ClusterMessageType.DisconnectSockets) { Sender = sender, Options = ReadTarget(request), Close = request.IsTrue("close") },
            ClassicRequestType.RemoteFetch => new ClusterMessage(ClusterMessageType.FetchSockets) { Sender = sender, RequestId = id, Options = request.Get("opts").ReadOptions() },
            ClassicRequestType.ServerSideEmit => new ClusterMessage(ClusterMessageType.ServerSideEmit) { Sender = sender, RequestId = id, Event = request.Get("data").ReadProgramEvent() },
            ClassicRequestType.Broadcast => new ClusterMessage(ClusterMessageType.Broadcast)
            {
                Sender = sender,
                RequestId = id ?? throw new FormatException("The request has no id."),
                Event = request.Get("packet").ReadPacket(),
                Options = request.Get("opts").ReadOptions(),
            },
            _ => null,
        };
    }

    /// <summary>Writes an answer.</summary>
    public static ReadOnlyMemory<byte> EncodeResponse(ClusterMessage response)
    {
        var json = WirePayload.WriteJson(response, static (writer, response) =>
        {
            writer.WriteStartObject();
            writer.WriteString("requestId"u8, response.RequestId);

            // Not in the reference, which ignores it; servers of this kind know by it who has answered.
            writer.WriteString("uid"u8, response.Sender);
            WriteResponseFields(writer, response);
            writer.WriteEndObject();
        });

        var attachments = WireWriter.GetAttachments(response);
        return response.Type == ClusterMessageType.BroadcastAck || attachments.Count > 0 ? WirePayload.ToMessagePack(json, attachments) : json;
    }

    /// <summary>Reads an answer.</summary>
    /// <returns><see langword="null"/> for one that means nothing here.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static ClusterMessage? DecodeResponse(ReadOnlySpan<byte> payload)
    {
        var response = WireReader.Read(payload);
        var (id, sender) = (response.GetTextOrNull("requestId"), response.GetTextOrNull("uid") ?? "");

        // The reference does not say of which type the sockets are.
        if (response.Has("sockets"))
        {
            return new ClusterMessage(ClusterMessageType.FetchSocketsResponse) { Sender = sender, RequestId = id, Sockets = response.Get("sockets").ReadSockets() };
        }

        return (ClassicRequestType)(response.GetNumberOrNull("type") ?? -1) switch
        {
            ClassicRequestType.ServerSideEmit => new ClusterMessage(ClusterMessageType.ServerSideEmitResponse) { Sender = sender, RequestId = id, Answer = ReadAnswer(response, "data") },
            ClassicRequestType.BroadcastClientCount => new ClusterMessage(ClusterMessageType.BroadcastClientCount) { Sender = sender, RequestId = id, ClientCount = response.GetNumberOrNull("clientCount") ?? 0 },
            ClassicRequestType.BroadcastAck => new ClusterMessage(ClusterMessageType.BroadcastAck) { Sender = sender, RequestId = id, Answer = ReadAnswer(response, "packet") },
            _ => null,
        };
    }

    private static RawJson ReadAnswer(WireReader response, string name) => response.Has(name) ? response.Get(name).ReadRaw() : new RawJson();

    // Old versions name one socket.
    private static BroadcastOptions ReadTarget(WireReader request) => request.Has("opts")
        ? request.Get("opts").ReadOptions()
        : new BroadcastOptions { Rooms = request.Get("sid").ReadRooms() };

    private static void WriteRequestFields(Utf8JsonWriter writer, ClusterMessage message, string @namespace)
    {
        switch (message.Type)
        {
            case ClusterMessageType.SocketsJoin or ClusterMessageType.SocketsLeave or ClusterMessageType.DisconnectSockets or ClusterMessageType.FetchSockets:
                writer.WriteType(message.Type switch
                {
                    ClusterMessageType.SocketsJoin => ClassicRequestType.RemoteJoin,
                    ClusterMessageType.SocketsLeave => ClassicRequestType.RemoteLeave,
                    ClusterMessageType.DisconnectSockets => ClassicRequestType.RemoteDisconnect,
                    _ => ClassicRequestType.RemoteFetch,
                });
                writer.WriteTarget(message);
                break;

            case ClusterMessageType.ServerSideEmit:
                writer.WriteType(ClassicRequestType.ServerSideEmit);
                writer.WriteRaw("data"u8, message.Event);
                break;

            case ClusterMessageType.Broadcast:
                writer.WriteType(ClassicRequestType.Broadcast);
                writer.WritePacket(message.Event, @namespace);
                writer.WriteOptions(message.Options);
                break;
        }
    }

    private static void WriteResponseFields(Utf8JsonWriter writer, ClusterMessage response)
    {
        switch (response.Type)
        {
            case ClusterMessageType.FetchSocketsResponse:
                writer.WriteSockets(response.Sockets);
                break;

            case ClusterMessageType.ServerSideEmitResponse:
                writer.WriteType(ClassicRequestType.ServerSideEmit);
                writer.WriteRaw("data"u8, response.Answer);
                break;

            case ClusterMessageType.BroadcastClientCount:
                writer.WriteType(ClassicRequestType.BroadcastClientCount);
                writer.WriteNumber("clientCount"u8, response.ClientCount);
                break;

            case ClusterMessageType.BroadcastAck:
                writer.WriteType(ClassicRequestType.BroadcastAck);
                writer.WriteRaw("packet"u8, response.Answer);
                break;
        }
    }

    private static void WriteType(this Utf8JsonWriter writer, ClassicRequestType type) => writer.WriteNumber("type"u8, (int)type);
}
