using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// Knows who is in which room of one namespace, and delivers to them: here, and on other servers if it can reach them. There is one for
/// each namespace. Its methods may be called from any thread.
/// </summary>
public interface IAdapter : IAsyncDisposable
{
    /// <summary>A room of this server has its first member. The room of a socket's own id is none of these.</summary>
    event Action<string>? RoomCreated;

    /// <summary>The last member of this server has left a room.</summary>
    event Action<string>? RoomDeleted;

    /// <summary>A socket, whose id is the second argument, has joined a room.</summary>
    event Action<string, string>? RoomJoined;

    /// <summary>A socket, whose id is the second argument, has left a room.</summary>
    event Action<string, string>? RoomLeft;

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

    /// <summary>The sockets that a broadcast with these options reaches, here and elsewhere.</summary>
    ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options);

    /// <summary>Puts the sockets that a broadcast reaches into rooms.</summary>
    ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms);

    /// <summary>Takes the sockets that a broadcast reaches out of rooms.</summary>
    ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms);

    /// <summary>Disconnects the sockets that a broadcast reaches.</summary>
    ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close);

    /// <summary>Delivers an event.</summary>
    ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options);

    /// <summary>
    /// Delivers an event that carries a number, and collects the answers until all recipients answered or are gone, or the time is over.
    /// </summary>
    Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout);

    /// <summary>Hands an event to the same namespace of the other servers, which give it to <see cref="NamespaceServers.ReceiveAsync"/>.</summary>
    ValueTask ServerSideEmitAsync(EncodedPacket packet);

    /// <summary>Hands an event to the other servers, and collects the answers until all have answered or are gone, or the time is over.</summary>
    Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout);

    /// <summary>Takes an answer that the socket itself does not wait for.</summary>
    void OnAck(Socket socket, long id, in JsonPayload payload);
}
