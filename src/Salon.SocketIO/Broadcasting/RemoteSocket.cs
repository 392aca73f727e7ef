using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// A socket of this server or of another one of the cluster, as it was when it was found. What it says of the socket is a copy; what it does
/// is done wherever the socket is.
/// </summary>
public sealed class RemoteSocket : IEmitter
{
    private readonly Namespace _namespace;
    private readonly TimeSpan? _timeout;

    internal RemoteSocket(Socket socket)
        : this(socket.Namespace, socket.Id, socket.Handshake, socket.Rooms, socket.State.CopyData())
    {
    }

    internal RemoteSocket(
        Namespace @namespace,
        string id,
        Handshake handshake,
        IReadOnlySet<string> rooms,
        IReadOnlyDictionary<string, object?> data,
        TimeSpan? timeout = null)
    {
        _namespace = @namespace;
        _timeout = timeout;
        Id = id;
        Handshake = handshake;
        Rooms = rooms;
        Data = data;
    }

    /// <summary>The socket's id.</summary>
    public string Id { get; }

    /// <summary>What the client said of itself when it connected.</summary>
    public Handshake Handshake { get; }

    /// <summary>The rooms that the socket was in, that of its own id among them.</summary>
    public IReadOnlySet<string> Rooms { get; }

    /// <summary>What the app knew of the socket. Changing the socket's own <see cref="Socket.Data"/> does not change it.</summary>
    public IReadOnlyDictionary<string, object?> Data { get; }

    private BroadcastOperator Operator => _timeout is { } timeout ? _namespace.To(Id).Timeout(timeout) : _namespace.To(Id);

    /// <summary>Says how long an answer is waited for; <see cref="SocketIOOptions.BroadcastAckTimeout"/> without it.</summary>
    public RemoteSocket Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);

        return new RemoteSocket(_namespace, Id, Handshake, Rooms, Data, timeout);
    }

    /// <summary>Emits an event to the socket and waits for the client's answer.</summary>
    /// <typeparam name="T">What the first value of the answer is read as.</typeparam>
    /// <exception cref="TimeoutException">No answer of this type came in time: the client is slow, gone, or answered something else.</exception>
    public Task<T?> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments) =>
        TakeOneAsync(Operator.EmitWithAckAsync<T>(eventName, arguments), eventName);

    /// <summary>Puts the socket into rooms.</summary>
    public Task JoinAsync(params IReadOnlyList<string> rooms) => Operator.SocketsJoinAsync(rooms);

    /// <summary>Takes the socket out of rooms.</summary>
    public Task LeaveAsync(params IReadOnlyList<string> rooms) => Operator.SocketsLeaveAsync(rooms);

    /// <summary>Makes the client leave the namespace.</summary>
    /// <param name="close">Whether it leaves all namespaces and its connection is closed.</param>
    public Task DisconnectAsync(bool close = false) => Operator.DisconnectSocketsAsync(close);

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => Operator.StartEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload) => Operator.EmitAsync(payload);

    private static async Task<T?> TakeOneAsync<T>(Task<AckResponses<T>> asked, string eventName)
    {
        var responses = await asked;
        return responses.Count > 0 ? responses[0] : throw new TimeoutException($"The socket did not answer \"{eventName}\".");
    }
}
