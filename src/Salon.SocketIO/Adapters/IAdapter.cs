using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// Knows who is in which room of one namespace, and delivers to them: here, and on other servers if it can reach them. There is one for
/// each namespace. Its methods may be called from any thread.
/// </summary>
public interface IAdapter : IAsyncDisposable
{
    /// <summary>Starts to deliver to a socket, which is in no room but that of its own id.</summary>
    ValueTask AddAsync(Socket socket);

    /// <summary>Puts a socket into a room; doing it twice changes nothing. A socket that was removed joins no more.</summary>
    ValueTask JoinAsync(Socket socket, string room);

    /// <summary>Takes a socket out of a room, if it is there.</summary>
    ValueTask LeaveAsync(Socket socket, string room);

    /// <summary>Takes a socket out of all rooms and delivers nothing to it any more.</summary>
    ValueTask RemoveAsync(Socket socket);

    /// <summary>The rooms that a socket is in, that of its own id among them; none once it was removed.</summary>
    IReadOnlySet<string> GetRooms(Socket socket);

    /// <summary>The local sockets that a broadcast with these options reaches, each once.</summary>
    IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options);

    /// <summary>The rooms of this server that have members, each with their number.</summary>
    IReadOnlyDictionary<string, int> GetRoomCounts();

    /// <summary>Delivers an event.</summary>
    ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options);

    /// <summary>
    /// Delivers an event that carries a number, and collects the answers until all recipients answered or are gone, or the time is over.
    /// </summary>
    Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout);

    /// <summary>Takes an answer that the socket itself does not wait for.</summary>
    void OnAck(Socket socket, long id, in JsonPayload payload);
}
