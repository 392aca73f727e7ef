using System.Text.Json.Serialization;

namespace Salon.SocketIO.Connections;

/// <summary>What the packet CONNECT tells a client.</summary>
internal sealed record ConnectReply([property: JsonPropertyName("sid")] string Id);

/// <summary>What the packet CONNECT_ERROR tells a client.</summary>
internal sealed record ConnectErrorReply(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Data);
