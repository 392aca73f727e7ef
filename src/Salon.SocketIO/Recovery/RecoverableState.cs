using System.Collections.Concurrent;
using System.Collections.Frozen;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// What belongs to a client rather than to its connection: a socket owns it, and a socket that recovers takes it over from the one before.
/// </summary>
internal sealed class RecoverableState
{
    private ConcurrentDictionary<string, object?>? _data;
    private SeenEvents? _seen;

    /// <summary>The answers that are waited for.</summary>
    public PendingAcks Acks { get; } = new();

    /// <summary>Whatever the app wants to know; made with the first look at it.</summary>
    public ConcurrentDictionary<string, object?> Data =>
        LazyInitializer.EnsureInitialized(ref _data, static () => new ConcurrentDictionary<string, object?>(StringComparer.Ordinal));

    /// <summary><see cref="Data"/> as it is now.</summary>
    public IReadOnlyDictionary<string, object?> CopyData() => Volatile.Read(ref _data) is { } data
        ? new Dictionary<string, object?>(data, StringComparer.Ordinal)
        : FrozenDictionary<string, object?>.Empty;

    /// <summary>The events that are known by an id, if there were any.</summary>
    public SeenEvents? SeenIfAny => Volatile.Read(ref _seen);

    /// <summary>The newest event of the namespace when the client connected first.</summary>
    public EventPlace StartedAfter { get; set; }

    /// <summary>The events that are known by an id.</summary>
    public SeenEvents GetSeen(int capacity) => SeenIfAny ?? LazyInitializer.EnsureInitialized(ref _seen, () => new SeenEvents(capacity));
}
