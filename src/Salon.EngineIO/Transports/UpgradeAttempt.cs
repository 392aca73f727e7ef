using Salon.EngineIO.Protocol;
using Salon.Timing;

namespace Salon.EngineIO.Transports;

/// <summary>
/// A WebSocket that tries to take a session over from polling (Engine.IO v4, "Upgrade"). Polling goes on until the last step,
/// which is the only one that a client must take.
/// <code>
/// client                               server
///   | WebSocket: 2probe                  |
///   | ---------------------------------> |  step 1: the WebSocket works
///   |                  WebSocket: 3probe |
///   | &lt;--------------------------------- |
///   |       waiting GET answered with: 6 |  step 2: the client stops polling; repeated, since it may poll once more
///   | &lt;--------------------------------- |
///   | WebSocket: 5                       |
///   | ---------------------------------> |  step 3: the WebSocket carries the session
/// </code>
/// </summary>
internal sealed class UpgradeAttempt
{
    private static readonly TimeSpan NoopInterval = TimeSpan.FromMilliseconds(100);

    private readonly EngineSession _session;
    private readonly PollingTransport _polling;
    private readonly WebSocketTransport _webSocket;
    private readonly EngineServer _server;
    private readonly Timeout _timeout;
    private readonly NoopTimer _noops;
    private int _isEnded;

    public UpgradeAttempt(EngineSession session, PollingTransport polling, WebSocketTransport webSocket, EngineServer server)
    {
        _session = session;
        _polling = polling;
        _webSocket = webSocket;
        _server = server;
        _timeout = new Timeout(this);
        _noops = new NoopTimer(this);
        server.Deadlines.Schedule(_timeout, server.Options.UpgradeTimeout);
    }

    public EngineSession Session => _session;

    private bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    public ValueTask OnPacketAsync(in EnginePacket packet)
    {
        if (IsEnded)
        {
            return default;
        }

        if (packet is { Type: EnginePacketType.Ping, IsBinary: false } && packet.Data.Span.SequenceEqual("probe"u8))
        {
            _webSocket.SendPong(EngineMessage.ProbePong);
            ReleasePolls();
            return default;
        }

        // Also without a probe before it: elephant.io (PHP) sends none.
        if (packet.Type == EnginePacketType.Upgrade)
        {
            return CompleteAsync();
        }

        Fail();
        return default;
    }

    /// <summary>The client did something else than upgrade, or nothing: the WebSocket is closed, and the session goes on with polling.</summary>
    public void Fail()
    {
        if (TryEnd())
        {
            _session.EndUpgrade();
            _webSocket.Refuse(CloseReason.TransportError);
        }
    }

    /// <summary>The session or the WebSocket ended. Doing it twice, or after the upgrade, changes nothing.</summary>
    public void Abandon()
    {
        if (TryEnd())
        {
            _session.EndUpgrade();
            _webSocket.Refuse(CloseReason.ForcedClose);
        }
    }

    private async ValueTask CompleteAsync()
    {
        if (!TryEnd())
        {
            return;
        }

        if (!_session.TrySwitchTo(_webSocket))
        {
            _webSocket.Refuse(CloseReason.ForcedClose);
            return;
        }

        // What was posted is handled before what follows on the WebSocket.
        await _polling.LeaveAsync();
        _webSocket.Carry(_session);
    }

    /// <summary>Ends the attempt, however it ended, once.</summary>
    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return false;
        }

        _server.Deadlines.Cancel(_timeout);
        _server.Deadlines.Cancel(_noops);
        return true;
    }

    private void ReleasePolls()
    {
        _polling.ReleaseForUpgrade();
        _server.Deadlines.Schedule(_noops, NoopInterval);

        if (IsEnded)
        {
            // Ended while being scheduled: whoever ended it may have come too early to cancel.
            _server.Deadlines.Cancel(_noops);
        }
    }

    private sealed class Timeout(UpgradeAttempt attempt) : Deadline
    {
        protected internal override void OnDue() => attempt.Fail();
    }

    private sealed class NoopTimer(UpgradeAttempt attempt) : Deadline
    {
        protected internal override void OnDue()
        {
            if (!attempt.IsEnded)
            {
                attempt.ReleasePolls();
            }
        }
    }
}
