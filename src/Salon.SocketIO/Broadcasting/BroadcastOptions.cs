namespace Salon.SocketIO;

/// <summary>Whom a broadcast reaches, and how. Immutable.</summary>
public sealed record BroadcastOptions
{
    /// <summary>Everybody in the namespace.</summary>
    public static BroadcastOptions Everybody { get; } = new();

    /// <summary>The rooms whose members are reached, each once; none for the whole namespace.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>The rooms whose members are not reached.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether a recipient that could not get the event at once does not get it at all.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>Whether transports may compress the event.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Whether other servers are left out.</summary>
    public bool IsLocal { get; init; }

    /// <summary>How long answers are waited for; <see langword="null"/> for <see cref="SocketIOOptions.BroadcastAckTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether a member of these rooms is reached.</summary>
    internal bool IsFor(IReadOnlySet<string> rooms) => (Rooms.Count == 0 || Rooms.Any(rooms.Contains)) && !Except.Any(rooms.Contains);
}
