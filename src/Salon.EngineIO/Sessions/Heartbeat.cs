using Salon.Timing;

namespace Salon.EngineIO.Sessions;

/// <summary>
/// The server's pings and the wait for an answer (Engine.IO v4, "Heartbeat"). Any packet proves that the client lives, so that a slow
/// upload in front of the pong costs nobody the connection. Clients of v3 ping by themselves, and are only waited for. Owned by the
/// session; safe to use from any thread.
/// </summary>
internal sealed class Heartbeat(EngineSession session, EngineServer server) : Deadline
{
    private volatile bool _isWaiting;
    private volatile bool _isHeard;
    private volatile bool _isStopped;

    /// <summary>Whether the client missed its time, even if the timer has not noticed yet.</summary>
    public bool IsExpired => _isWaiting && !_isHeard && !session.IsHeldBack && server.Deadlines.IsDue(this);

    /// <summary>Whether something came since the last time that it was due.</summary>
    public bool IsHeard => _isHeard;

    private bool IsPassive => session.Protocol == 3;

    public void Start()
    {
        _isWaiting = IsPassive;
        Schedule(IsPassive ? server.Options.PingInterval + server.Options.PingTimeout : server.Options.PingInterval);
    }

    public void Stop()
    {
        _isStopped = true;
        server.Deadlines.Cancel(this);
    }

    /// <summary>Something came from the client. Called for every packet, so it only leaves a mark.</summary>
    public void OnPacket() => _isHeard = true;

    public void OnPong()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            Schedule(server.Options.PingInterval);
        }
    }

    /// <summary>An old client gave its sign of life, and shall give the next within its time.</summary>
    public void OnPing() => Schedule(server.Options.PingInterval + server.Options.PingTimeout);

    protected internal override void OnDue()
    {
        if (_isStopped)
        {
            return;
        }

        if (_isWaiting && !_isHeard && !session.IsHeldBack)
        {
            session.Close(CloseReason.PingTimeout);
            return;
        }

        // Also when something other than the pong was heard: the client counts from our last ping, so it needs one now.
        _isHeard = false;

        if (IsPassive)
        {
            // Its ping may be late behind something large.
            Schedule(server.Options.PingTimeout);
            return;
        }

        _isWaiting = true;
        server.Deadlines.ScheduleNext(this, server.Options.PingTimeout);
        CancelIfStopped();
        session.TrySend(EngineMessage.Ping);
    }

    private void Schedule(TimeSpan delay)
    {
        server.Deadlines.Schedule(this, delay);
        CancelIfStopped();
    }

    private void CancelIfStopped()
    {
        if (_isStopped)
        {
            // Stopped while being scheduled: whoever stopped it may have come too early to cancel.
            server.Deadlines.Cancel(this);
        }
    }
}
