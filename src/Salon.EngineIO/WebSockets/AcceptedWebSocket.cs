using Microsoft.AspNetCore.Http.Features;

namespace Salon.EngineIO.WebSockets;

/// <summary>A connection whose WebSocket handshake is done.</summary>
/// <param name="Stream">Carries the frames, both ways.</param>
/// <param name="Lifetime">Ends the connection when it must end at once.</param>
/// <param name="IsCompressed">Whether permessage-deflate was agreed on.</param>
internal sealed record AcceptedWebSocket(Stream Stream, IHttpRequestLifetimeFeature Lifetime, bool IsCompressed);
