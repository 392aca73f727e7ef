using Salon.App.Stocks;

namespace Salon.App.Operations;

/// <summary>What <c>/status</c> answers.</summary>
/// <param name="Name">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Node">The name of this process.</param>
/// <param name="StartedAt">When it started, in UTC.</param>
/// <param name="UptimeSeconds">For how long it has run.</param>
/// <param name="Connections">The Socket.IO sessions that are open.</param>
/// <param name="Rooms">The chat's public rooms that anybody is in, the fullest first.</param>
/// <param name="Messages">What was said.</param>
/// <param name="Memory">What the process holds.</param>
/// <param name="Stocks">The stock market and who reads it.</param>
/// <param name="Cluster">The other nodes; missing when this one is alone.</param>
internal sealed record StatusReport(
    string Name,
    string Version,
    string Node,
    DateTime StartedAt,
    double UptimeSeconds,
    ConnectionCounts Connections,
    IReadOnlyList<RoomCount> Rooms,
    MessageCounts Messages,
    MemoryUse Memory,
    StocksStatus Stocks,
    ClusterState? Cluster);

/// <param name="Redis"><c>connected</c> or <c>away</c>.</param>
/// <param name="Nodes">How many nodes there are, this one included.</param>
internal sealed record ClusterState(string Redis, int Nodes);

internal sealed record ConnectionCounts(int Total, int Polling, int WebSocket);

internal sealed record RoomCount(string Room, int Members);

/// <param name="Sent">How many messages were sent since the start.</param>
internal sealed record MessageCounts(long Sent);

/// <param name="WorkingSetBytes">What the operating system counts.</param>
/// <param name="ManagedBytes">What the runtime's heap takes.</param>
internal sealed record MemoryUse(long WorkingSetBytes, long ManagedBytes);
