namespace Salon.SocketIO.Clustering;

/// <summary>
/// A log of the events of a namespace, which the servers of a cluster write and read together: all read it in the same order, their own
/// entries included, so that a client that lost its connection to one server can go on at another. The ids of entries are two numbers with a
/// hyphen between, which rise, as in a stream of Redis. Thread-safe.
/// </summary>
public interface IClusterLog
{
    /// <summary>Whether what is appended now is likely to be read soon.</summary>
    bool IsAvailable { get; }

    /// <summary>The id of the last entry, of any namespace, that was read and told; <see langword="null"/> before this server knows where it begins.</summary>
    string? Place { get; }

    /// <summary>Appends an event. Neither fails nor waits: while the log is away, the event is kept for it.</summary>
    /// <returns>The number by which the entry is recognised when it is read, rising from 1; 0 when there is no room for it.</returns>
    long Append(ClusterMessage message);

    /// <summary>Waits until an entry, or one behind it, was read and told; it may have been long ago.</summary>
    /// <returns><see langword="false"/> when that takes too long.</returns>
    Task<bool> WaitForAsync(string id);

    /// <summary>Reads the events of the namespace behind one entry, up to and including another.</summary>
    /// <returns><see langword="null"/> when some of them may be gone, or are too many, or the log cannot be read.</returns>
    Task<IReadOnlyList<ClusterLogEntry>?> ReadAsync(string after, string upTo);

    /// <summary>Keeps a session for a while.</summary>
    /// <returns>Whether it is kept.</returns>
    Task<bool> SaveSessionAsync(ClusterSession session, TimeSpan lifetime);

    /// <summary>Takes a session out. Never fails.</summary>
    /// <param name="privateId">The client's secret.</param>
    /// <param name="isLost">
    /// Whether a session that is not there is lost. A server that takes the client for connected may not have saved it yet: then the others are
    /// asked to, and waited for a moment.
    /// </param>
    /// <returns><see langword="null"/> when it is not there.</returns>
    Task<ClusterSession?> TakeSessionAsync(string privateId, bool isLost);
}
