using Salon.App.Stocks;

namespace Salon.App.Operations;

/// <summary>What <c>/status</c> answers. What has no value is left out.</summary>
/// <param name="Name">The program.</param>
/// <param name="Version">Its version.</param>
/// <param name="Node">The name of this process; not for strangers, whom it would tell the machine's.</param>
/// <param name="StartedAt">When it started, in UTC.</param>
/// <param name="UptimeSeconds">For how long it has run.</param>
/// <param name="Connections">The Socket.IO sessions that are open.</param>
/// <param name="OccupiedRooms">How many of the chat's public rooms anybody is in.</param>
/// <param name="Rooms">Those rooms, the fullest first; not for strangers.</param>
/// <param name="Messages">What was said.</param>
/// <param name="NativeChat">The people in the chat over bare WebSockets.</param>
/// <param name="Memory">What the process holds.</param>
/// <param name="Stocks">The stock market and who reads it.</param>
/// <param name="Cluster">The other nodes; missing when this one is alone.</param>
internal sealed record StatusReport(
    string Name,
    string Version,
    string? Node,
    DateTime StartedAt,
    double UptimeSeconds,
    ConnectionCounts Connections,
    int OccupiedRooms,
    IReadOnlyList<RoomCount>? Rooms,
    MessageCounts Messages,
    NativeChatCounts NativeChat,
    MemoryUse Memory,
    StocksStatus Stocks,
    ClusterState? Cluster);

/// <param name="Redis"><c>connected</c> or <c>away</c>.</param>
/// <param name="Bus"><c>ok</c>; <c>refused</c> when Redis is there and refuses something, of which the log says more; <c>away</c>.</param>
/// <param name="Nodes">How many nodes there are, this one included.</param>
/// <param name="Forwarded">The requests that arrived at a node which does not have their session.</param>
internal sealed record ClusterState(string Redis, string Bus, int Nodes, ForwardedCounts Forwarded);

/// <param name="Answered">How many arrived here, and were answered by other nodes.</param>
/// <param name="Failed">How many arrived here, and could not be answered.</param>
/// <param name="Served">How many arrived elsewhere, and were answered here.</param>
/// <param name="Waiting">How many wait here for the answers of other nodes.</param>
internal sealed record ForwardedCounts(long Answered, long Failed, long Served, int Waiting);

internal sealed record ConnectionCounts(int Total, int Polling, int WebSocket);

internal sealed record RoomCount(string Room, int Members);

/// <param name="Sent">How many messages were sent since the start.</param>
internal sealed record MessageCounts(long Sent);

/// <param name="People">How many there are on all nodes, as far as it is known.</param>
/// <param name="Here">How many of them are connected to this one.</param>
internal sealed record NativeChatCounts(int People, int Here);

/// <param name="WorkingSetBytes">What the operating system counts.</param>
/// <param name="ManagedBytes">What the runtime's heap takes.</param>
internal sealed record MemoryUse(long WorkingSetBytes, long ManagedBytes);
