namespace Salon.App.Lab.Traffic;

/// <summary>What a technique has cost so far. Everything about the network is missing where nobody counts it.</summary>
/// <param name="Requests">HTTP requests; the one that opens a WebSocket is one.</param>
/// <param name="Delivered">Messages that were given to the network, those sent again included.</param>
/// <param name="Connections">TCP connections that its requests opened.</param>
/// <param name="BytesIn">Bytes from the client: HTTP with its headers, and WebSocket frames.</param>
/// <param name="BytesOut">Bytes to the client.</param>
/// <param name="PacketsIn">TCP segments from the client.</param>
/// <param name="PacketsOut">TCP segments to the client.</param>
/// <param name="WireBytes">Both directions, with the headers of TCP and IP.</param>
internal sealed record TrafficReport(
    long Requests,
    long Delivered,
    long? Connections,
    long? BytesIn,
    long? BytesOut,
    long? PacketsIn,
    long? PacketsOut,
    long? WireBytes);
