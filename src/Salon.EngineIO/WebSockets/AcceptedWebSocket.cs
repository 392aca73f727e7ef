namespace Salon.EngineIO.WebSockets;

/// <summary>A connection whose WebSocket handshake is done.</summary>
/// <param name="Stream">Carries the frames, both ways.</param>
/// <param name="Abort">Ends the connection when it must end at once.</param>
/// <param name="EndSending">Tells the client that nothing more comes, while what it sends is still read; <see langword="null"/> where that cannot be told.</param>
/// <param name="IsCompressed">Whether permessage-deflate was agreed on.</param>
/// <param name="IsDetached">Whether the connection is no more that of the request, which can end; who carries it disposes the stream.</param>
internal sealed record AcceptedWebSocket(Stream Stream, Action Abort, Action? EndSending, bool IsCompressed, bool IsDetached)
{
    /// <summary>The handshake was done, but the connection did not survive it.</summary>
    public static readonly AcceptedWebSocket Lost = new(Stream.Null, static () => { }, EndSending: null, IsCompressed: false, IsDetached: false);
}
