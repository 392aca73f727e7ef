using System.Text.Json;
using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Redis.Wire;

/// <summary>
/// The form of the reference's <c>ClusterAdapter</c>, which the sharded and the streams adapter share: <c>{ uid, nsp, type, data }</c>.
/// </summary>
internal static class ClusterCodec
{
    /// <summary>Writes a message: as JSON, or as MessagePack where it holds binary data.</summary>
    public static ReadOnlyMemory<byte> Encode(ClusterMessage message, string @namespace)
    {
        var json = WirePayload.WriteJson((message, @namespace), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WriteString("uid"u8, state.message.Sender);
            writer.WriteString("nsp"u8, state.@namespace);
            writer.WriteNumber("type"u8, (int)state.message.Type);
            writer.WritePropertyName("data"u8);
            WriteData(writer, state.message);
            writer.WriteEndObject();
        });
        var attachments = WireWriter.GetAttachments(message);
        return attachments.Count == 0 ? json : WirePayload.ToMessagePack(json, attachments);
    }

    /// <summary>Writes a message as MessagePack.</summary>
    public static ReadOnlyMemory<byte> EncodeBinary(ClusterMessage message, string @namespace)
    {
        var encoded = Encode(message, @namespace);
        return encoded.Span.StartsWith("{"u8) ? WirePayload.ToMessagePack(encoded, []) : encoded;
    }

    /// <summary>Writes the data of a message as it stands in a stream: JSON, or base64 of MessagePack.</summary>
    public static ReadOnlyMemory<byte> EncodeData(ClusterMessage message)
    {
        var json = WirePayload.WriteJson(message, WriteData);
        var attachments = WireWriter.GetAttachments(message);

        return attachments.Count == 0
            ? json
            : System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(WirePayload.ToMessagePack(json, attachments).Span));
    }

    /// <summary>Reads a message.</summary>
    /// <returns><see langword="null"/> for one of another namespace, or of a type that means nothing here.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static ClusterMessage? Decode(ReadOnlySpan<byte> payload, string @namespace)
    {
        var message = WireReader.Read(payload);
        return message.GetTextOrNull("nsp") == @namespace
            ? Decode(message.GetNumberOrNull("type"), message.GetTextOrNull("uid"), message)
            : null;
    }

    /// <summary>Reads a message from a stream.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, string)"/>
    public static ClusterMessage? Decode(int type, string sender, ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("{"u8))
        {
            return DecodeData(type, sender, WireReader.Read(data));
        }

        var binary = new byte[data.Length];

        return System.Buffers.Text.Base64.DecodeFromUtf8(data, binary, out _, out var length) == System.Buffers.OperationStatus.Done
            ? DecodeData(type, sender, WireReader.Read(binary.AsSpan(0, length)))
            : throw new FormatException("The data is neither JSON nor base64.");
    }

    private static ClusterMessage? Decode(int? type, string? sender, WireReader message) =>
        // Signs of life have no data.
        message.Has("data") ? DecodeData(type ?? 0, sender ?? "", message.Get("data")) : null;

    private static ClusterMessage? DecodeData(int type, string sender, WireReader data)
    {
        var message = new ClusterMessage((ClusterMessageType)type) { Sender = sender, RequestId = data.GetTextOrNull("requestId") };

        return message.Type switch
        {
            ClusterMessageType.Broadcast => message with { Event = data.Get("packet").ReadPacket(), Options = data.Get("opts").ReadOptions() },
            ClusterMessageType.SocketsJoin or ClusterMessageType.SocketsLeave => message with { Options = data.Get("opts").ReadOptions(), Rooms = data.Get("rooms").ReadRooms() },
            ClusterMessageType.DisconnectSockets => message with { Options = data.Get("opts").ReadOptions(), Close = data.IsTrue("close") },
            ClusterMessageType.FetchSockets => message with { Options = data.Get("opts").ReadOptions() },
            ClusterMessageType.FetchSocketsResponse => message with { Sockets = data.Get("sockets").ReadSockets() },
            ClusterMessageType.ServerSideEmit => message with { Event = data.Get("packet").ReadProgramEvent() },
            ClusterMessageType.ServerSideEmitResponse or ClusterMessageType.BroadcastAck => message with { Answer = data.Has("packet") ? data.Get("packet").ReadRaw() : new RawJson() },
            ClusterMessageType.BroadcastClientCount => message with { ClientCount = data.GetNumberOrNull("clientCount") ?? 0 },
            _ => null,
        };
    }

    private static void WriteData(Utf8JsonWriter writer, ClusterMessage message)
    {
        writer.WriteStartObject();

        switch (message.Type)
        {
            case ClusterMessageType.Broadcast:
                writer.WritePacket(message.Event);
                writer.WriteOptions(message.Options);
                break;

            case ClusterMessageType.SocketsJoin or ClusterMessageType.SocketsLeave or ClusterMessageType.DisconnectSockets or ClusterMessageType.FetchSockets:
                writer.WriteTarget(message);
                break;

            case ClusterMessageType.FetchSocketsResponse:
                writer.WriteSockets(message.Sockets);
                break;

            case ClusterMessageType.ServerSideEmit:
                writer.WriteRaw("packet"u8, message.Event);
                break;

            case ClusterMessageType.ServerSideEmitResponse or ClusterMessageType.BroadcastAck:
                writer.WriteRaw("packet"u8, message.Answer);
                break;

            case ClusterMessageType.BroadcastClientCount:
                writer.WriteNumber("clientCount"u8, message.ClientCount);
                break;
        }

        if (message.RequestId is { } id)
        {
            writer.WriteString("requestId"u8, id);
        }

        writer.WriteEndObject();
    }
}
