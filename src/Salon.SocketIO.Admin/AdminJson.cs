using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.SocketIO.Admin;

/// <summary>What the UI is told. Its names are part of the protocol, whatever the app's own are.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AdminConfig))]
[JsonSerializable(typeof(ServerStats))]
[JsonSerializable(typeof(SocketInfo))]
[JsonSerializable(typeof(SocketInfo[]))]
[JsonSerializable(typeof(SocketUpdate))]
internal sealed partial class AdminJson : JsonSerializerContext;

internal sealed record AdminConfig(IReadOnlyList<string> SupportedFeatures);

internal sealed record ServerStats(
    string ServerId,
    string Hostname,
    int Pid,
    double Uptime,
    int ClientsCount,
    int PollingClientsCount,
    IReadOnlyList<AggregatedEvent> AggregatedEvents,
    IReadOnlyList<NamespaceStats> Namespaces);

internal sealed record AggregatedEvent(long Timestamp, string Type, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SubType, long Count);

internal sealed record NamespaceStats(string Name, int SocketsCount);

internal sealed record SocketInfo(
    string Id,
    string ClientId,
    string Transport,
    string Nsp,
    IReadOnlyDictionary<string, string?> Data,
    HandshakeInfo Handshake,
    IReadOnlyList<string> Rooms);

internal sealed record HandshakeInfo(
    string Address,
    IReadOnlyDictionary<string, string> Headers,
    IReadOnlyDictionary<string, string> Query,
    long Issued,
    bool Secure,
    string Time,
    string Url,
    bool Xdomain);

internal sealed record SocketUpdate(string Id, string Nsp, string Transport);
