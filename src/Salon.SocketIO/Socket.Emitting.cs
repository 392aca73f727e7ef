using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO;

/// <content>What goes out to the client, and its answers.</content>
public sealed partial class Socket
{
    /// <summary>Everybody in the namespace but this socket.</summary>
    public BroadcastOperator Broadcast => new SocketEmitter(this).Broadcast;

    /// <summary>Everybody on this server but this socket.</summary>
    public BroadcastOperator Local => Broadcast.Local;

    /// <inheritdoc cref="SocketEmitter.Volatile"/>
    public SocketEmitter Volatile => new SocketEmitter(this).Volatile;

    /// <inheritdoc cref="SocketEmitter.To"/>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="SocketEmitter.To"/>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="SocketEmitter.Except"/>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <inheritdoc cref="SocketEmitter.Compress"/>
    public SocketEmitter Compress(bool compress) => new SocketEmitter(this).Compress(compress);

    /// <inheritdoc cref="SocketEmitter.Timeout"/>
    public SocketEmitter Timeout(TimeSpan timeout) => new SocketEmitter(this).Timeout(timeout);

    /// <inheritdoc cref="SocketEmitter.EmitWithAckAsync{T}"/>
    public Task<T?> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments) =>
        new SocketEmitter(this).EmitWithAckAsync<T>(eventName, arguments);

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => Namespace.Server.CreateEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        Send(EncodedPacket.Create(Namespace, PacketType.Event, id: null, payload));
        return WaitForRoomAsync();
    }

    /// <summary>Sends a packet to this socket alone. In the middleware that is allowed already: clients keep it until they are connected.</summary>
    internal void Send(EncodedPacket packet, bool isVolatile = false)
    {
        if (Namespace.Recovery is { } recovery && packet.Header.Type == PacketType.Event)
        {
            SendRecoverably(recovery, packet, isVolatile);
        }
        else
        {
            SendNow(packet, isVolatile);
        }
    }

    /// <summary>Sends a broadcast to this socket.</summary>
    internal void Deliver(EncodedPacket packet, bool isVolatile)
    {
        if (IsGreeted && Connected)
        {
            Hooks?.OnSending(this, packet);
            _client.Session.TrySend(packet.Message, isVolatile, dropIfFull: MayDrop(packet));
        }
    }

    private bool IsGreeted
    {
        get
        {
            if (_isGreeted)
            {
                return true;
            }

            lock (GreetingGate)
            {
                return _isGreeted;
            }
        }
    }

    /// <summary>Not a question: somebody waits for its answer.</summary>
    private bool MayDrop(EncodedPacket packet) =>
        packet.Header is { Type: PacketType.Event, Id: null } && Namespace.SlowClients == SlowClients.Drop;

    /// <summary>Waits for a client that is behind, where that is wanted.</summary>
    internal Task WaitForRoomAsync()
    {
        if (Namespace.SlowClients != SlowClients.Wait || _client.Session.WaitForRoomAsync() is not { IsCompleted: false } waiting)
        {
            return Task.CompletedTask;
        }

        Namespace.Server.Metrics.OnWaiting();
        return waiting;
    }

    // A method of its own: what a lambda captures is allocated where it is declared, also when the lambda is not needed.
    private void SendRecoverably(RecoveryStore recovery, EncodedPacket packet, bool isVolatile) =>
        recovery.Emit(this, packet, isVolatile, stamped => SendNow(stamped, isVolatile));

    private void SendNow(EncodedPacket packet, bool isVolatile)
    {
        if (Phase != SocketPhase.Disconnected)
        {
            Hooks?.OnSending(this, packet);
            _client.Session.TrySend(packet.Message, isVolatile, dropIfFull: MayDrop(packet));
        }
    }

    internal void SendAck(long id, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments) =>
        Send(EncodedPacket.Create(Namespace.Server.Parser, PacketType.Ack, Namespace.Name, id, json, attachments));

    internal void OnAck(long id, in JsonPayload payload)
    {
        if (Acks.Take(id) is { } ack)
        {
            Namespace.Server.Deadlines.Cancel(ack);
            ack.Complete(payload);
        }
        else
        {
            try
            {
                Namespace.Adapter.OnAck(this, id, payload);
            }
            catch (Exception exception)
            {
                Namespace.Server.Guard.Fail(nameof(IAdapter.OnAck), exception);
            }
        }
    }
}
