using System.Runtime.CompilerServices;
using Salon.EngineIO.Fairness;
using Salon.EngineIO.Protocol;

namespace Salon.EngineIO;

/// <content>What comes from the client.</content>
public sealed partial class EngineSession
{
    private const string OnMessage = $"{nameof(IEngineHandler)}.{nameof(IEngineHandler.OnMessageAsync)}";

    private TurnAccount? _turns;
    private int _heldBack;

    /// <summary>Whether what the client sends is not read at the moment, because it is the turn of others.</summary>
    internal bool IsHeldBack => Volatile.Read(ref _heldBack) > 0;

    /// <summary>Takes a packet from the transport in use, which calls once at a time and waits for the task.</summary>
    internal ValueTask OnPacketAsync(in EnginePacket packet)
    {
        if (!IsOpen)
        {
            return default;
        }

        _heartbeat.OnPacket();
        _server.Metrics.OnReceived(packet);
        _server.Guard.Raise(nameof(PacketReceived), Events?.PacketReceived, this, packet);

        switch (packet.Type)
        {
            case EnginePacketType.Message:
                return HandleAsync(packet);

            case EnginePacketType.Pong when Protocol == 4:
                _heartbeat.OnPong();
                _server.Guard.Raise(nameof(Heartbeat), Events?.Heartbeat, this);
                break;

            case EnginePacketType.Ping when Protocol == 3:
                _heartbeat.OnPing();
                Send(EngineMessage.CreatePacket(EnginePacketType.Pong, packet.Data.Span), isVolatile: false, dropIfFull: false, isPong: true);
                _server.Guard.Raise(nameof(Heartbeat), Events?.Heartbeat, this);
                break;

            case EnginePacketType.Close:
                Close(EngineIO.CloseReason.TransportClose);
                break;

            case EnginePacketType.Ping or EnginePacketType.Pong:
                // Engine.IO v4, "Heartbeat": only the server pings. In v3, only the client does.
                Close(EngineIO.CloseReason.TransportError);
                break;

            case EnginePacketType.Open or EnginePacketType.Upgrade or EnginePacketType.Noop:
                // They mean nothing here, and do no harm.
                break;
        }

        return default;
    }

    /// <summary>A sign of life that is not a packet: a WebSocket's own ping or pong.</summary>
    internal void OnAlive() => _heartbeat.OnPacket();

    /// <summary>Waits until it is the turn of the client's address, if others come first. Meanwhile nothing can be heard of the client, and it lives.</summary>
    /// <param name="cost">What the client has sent (<see cref="FairTurns"/>).</param>
    internal ValueTask WaitForTurnAsync(int cost)
    {
        var turn = _server.Turns.TakeAsync(ref _turns, this, static session => session.Handshake.RemoteAddress, cost);
        return turn.IsCompletedSuccessfully ? turn : WaitForTurnAsync(turn);
    }

    /// <summary>Gives a message to the handler. Whatever it does ends here; the try is in place, since this is the path of every packet.</summary>
    private ValueTask HandleAsync(in EnginePacket packet)
    {
        if (_state.Handler is not { } handler)
        {
            // The client cannot know the session yet.
            return default;
        }

        try
        {
            var handling = handler.OnMessageAsync(packet.Data, packet.IsBinary);
            return handling.IsCompletedSuccessfully ? handling : WatchAsync(handling);
        }
        catch (Exception exception)
        {
            _server.Guard.Fail(OnMessage, exception);
            return default;
        }
    }

    private async ValueTask WaitForTurnAsync(ValueTask turn)
    {
        Interlocked.Increment(ref _heldBack);
        await turn;
        Interlocked.Decrement(ref _heldBack);
        OnAlive();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WatchAsync(ValueTask handling)
    {
        try
        {
            await handling;
        }
        catch (Exception exception)
        {
            _server.Guard.Fail(OnMessage, exception);
        }
    }
}
