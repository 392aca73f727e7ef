namespace Salon.Redis.Connections;

/// <summary>
/// For how long a server has been silent. Only the time counts in which the client waits for it: while handlers of messages hold the reading
/// thread, nobody knows.
/// </summary>
internal sealed class Heartbeat(ClientContext context)
{
    private readonly long _pingAfter = context.ToTicks(context.Options.HeartbeatInterval);
    private readonly long _deadAfter = context.ToTicks(context.Options.HeartbeatInterval + context.Options.HeartbeatTimeout);
    private long _waitingSince = long.MaxValue;

    public void OnWaiting() => Volatile.Write(ref _waitingSince, context.Time.GetTimestamp());

    public void OnReceived() => Volatile.Write(ref _waitingSince, long.MaxValue);

    public bool IsPingDue(long now) => Silence(now) >= _pingAfter;

    public bool IsDead(long now) => Silence(now) >= _deadAfter;

    private long Silence(long now) => Math.Max(0, now - Math.Min(now, Volatile.Read(ref _waitingSince)));
}
