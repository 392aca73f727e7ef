namespace Salon.SocketIO.Redis.Flask;

/// <summary>One message on the bus: what belongs to its method is set. Immutable; the memory is its own.</summary>
/// <param name="Method">What it asks for.</param>
internal sealed record FlaskMessage(FlaskMethod Method)
{
    /// <summary>The process that sends it, or of a callback, that it is for; empty where old versions do not say.</summary>
    public string HostId { get; init; } = "";

    /// <summary>The cluster of the server that sends it; <see langword="null"/> when it is in none, as all Python.</summary>
    public string? Cluster { get; init; }

    /// <summary>The namespace.</summary>
    public string Namespace { get; init; } = "/";

    /// <summary>The rooms that an event goes to, none for everybody; or the one room to enter, leave or close.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>The sockets that an event does not go to.</summary>
    public IReadOnlyList<string> SkipSids { get; init; } = [];

    /// <summary>The event's name.</summary>
    public string Event { get; init; } = "";

    /// <summary>The arguments of an event, or of an answer.</summary>
    public IReadOnlyList<RawJson> Arguments { get; init; } = [];

    /// <summary>Who waits for an answer to the event.</summary>
    public FlaskCallback? Callback { get; init; }

    /// <summary>The socket that the message is about.</summary>
    public string Sid { get; init; } = "";

    /// <summary>The number of what is answered; negative for none of ours.</summary>
    public long Id { get; init; } = -1;
}
