namespace Salon.SocketIO.Clustering;

/// <summary>
/// One message between servers, whatever its form on the wire: what belongs to its type is set. Immutable; the memory is its own.
/// </summary>
/// <param name="Type">What it says.</param>
public sealed record ClusterMessage(ClusterMessageType Type)
{
    /// <summary>The id of the server that sends it; empty where the form has none.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Ties a request and its answers together; <see langword="null"/> when nothing is to be answered.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whom a request is about.</summary>
    public BroadcastOptions Options { get; init; } = BroadcastOptions.Everybody;

    /// <summary>The event of <see cref="ClusterMessageType.Broadcast"/> and <see cref="ClusterMessageType.ServerSideEmit"/>: an array of its name and arguments.</summary>
    public RawJson Event { get; init; } = new();

    /// <summary>The answer of a client or a program.</summary>
    public RawJson Answer { get; init; } = new();

    /// <summary>The rooms to join or to leave.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>Whether the connections of disconnected sockets are closed.</summary>
    public bool Close { get; init; }

    /// <summary>How many clients were asked.</summary>
    public int ClientCount { get; init; }

    /// <summary>The sockets that were found.</summary>
    public IReadOnlyList<ClusterSocket> Sockets { get; init; } = [];
}
