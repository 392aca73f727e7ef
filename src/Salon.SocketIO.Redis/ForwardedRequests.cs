namespace Salon.SocketIO.Redis;

/// <summary>
/// What a server has to do because requests of long-polling arrive at servers that do not have their sessions: nothing, where a proxy brings each
/// client back to its server. To be asked for from the services. Thread-safe.
/// </summary>
public sealed class ForwardedRequests
{
    private long _answered;
    private long _failed;
    private long _served;
    private int _waiting;

    internal ForwardedRequests()
    {
    }

    /// <summary>How many requests arrived here and were answered by other servers.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>How many requests arrived here for sessions of other servers, and could not be answered.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>How many requests arrived elsewhere and were answered here.</summary>
    public long Served => Interlocked.Read(ref _served);

    /// <summary>How many requests wait here for the answers of other servers.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    internal void OnAnswered() => Interlocked.Increment(ref _answered);

    internal void OnFailed() => Interlocked.Increment(ref _failed);

    internal void OnServed() => Interlocked.Increment(ref _served);

    /// <summary>Counts one more that waits.</summary>
    /// <returns>How many there are now.</returns>
    internal int AddWaiting(int change) => Interlocked.Add(ref _waiting, change);
}
