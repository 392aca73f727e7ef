using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// A socket, and how events are emitted to it or from it. Each operator returns a new one and changes nothing. Safe to use from any thread.
/// </summary>
public sealed class SocketEmitter : IEmitter
{
    private readonly Socket _socket;
    private readonly BroadcastOptions _options;

    internal SocketEmitter(Socket socket)
        : this(socket, new BroadcastOptions { Except = [socket.Id] })
    {
    }

    private SocketEmitter(Socket socket, BroadcastOptions options)
    {
        _socket = socket;
        _options = options;
    }

    /// <summary>Everybody in the namespace but the socket.</summary>
    public BroadcastOperator Broadcast => new(_socket.Namespace, _options);

    /// <summary>Everybody on this server but the socket.</summary>
    public BroadcastOperator Local => Broadcast.Local;

    /// <summary>
    /// Drops the event for every recipient that could not get it at once, because it has not read the last one or is between two polls.
    /// </summary>
    public SocketEmitter Volatile => new(_socket, _options with { IsVolatile = true });

    /// <summary>Chooses the members of rooms, without the socket.</summary>
    /// <inheritdoc cref="Broadcaster.To"/>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="To"/>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>Chooses everybody in the namespace but the socket and the members of rooms.</summary>
    /// <inheritdoc cref="Broadcaster.Except"/>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <summary>Says whether transports may compress the event. They may by default, if they compress at all.</summary>
    public SocketEmitter Compress(bool compress) => new(_socket, _options with { Compress = compress });

    /// <summary>Says how long an answer is waited for. Without it, as long as the socket is connected.</summary>
    public SocketEmitter Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);

        return new SocketEmitter(_socket, _options with { Timeout = timeout });
    }

    /// <summary>Emits an event to the socket and waits for the client's answer.</summary>
    /// <typeparam name="T">
    /// What the first value of the answer is read as; <see cref="EventArguments"/> for all of them. An answer without values is the
    /// type's default.
    /// </typeparam>
    /// <param name="eventName">The name that the client listens to.</param>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="TimeoutException">The client did not answer within the time that <see cref="Timeout"/> gave it.</exception>
    /// <exception cref="SocketDisconnectedException">The socket is disconnected, or was while the answer was waited for.</exception>
    /// <exception cref="SocketIOException">The client answered with something of another type (<c>invalid_ack</c>).</exception>
    public Task<T?> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments)
    {
        using var payload = StartEvent(eventName);
        payload.AddAll(arguments);
        payload.Complete();
        return AskAsync<T>(payload);
    }

    /// <summary>Sends a complete event and waits for the client's answer. The payload is used only until the method returns.</summary>
    internal Task<T?> AskAsync<T>(PayloadBuilder payload)
    {
        var id = _socket.Namespace.NextAckId();
        var pending = new PendingAck<T>(_socket.Acks, id, _socket.Codec);

        // Registered before sending: the answer may arrive before the send returns.
        _socket.Acks.Add(id, pending);

        if (_options.Timeout is { } timeout)
        {
            _socket.Namespace.Server.Deadlines.Schedule(pending, timeout);
        }

        _socket.Send(EncodedPacket.Create(_socket.Namespace, PacketType.Event, id, payload, _options.Compress), _options.IsVolatile);
        return pending.Answer;
    }

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => _socket.StartEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        _socket.Send(EncodedPacket.Create(_socket.Namespace, PacketType.Event, id: null, payload, _options.Compress), _options.IsVolatile);
        return _options.IsVolatile ? Task.CompletedTask : _socket.WaitForRoomAsync();
    }
}
