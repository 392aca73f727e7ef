namespace Salon.EngineIO;

/// <summary>Whether a client may open a session (<see cref="EngineIOOptions.AllowRequest"/>).</summary>
public readonly record struct RequestVerdict
{
    private RequestVerdict(bool isAllowed, string? message) => (IsAllowed, Message) = (isAllowed, message);

    /// <summary>The client may.</summary>
    public static RequestVerdict Allow { get; } = new(true, null);

    /// <summary>Whether the client may.</summary>
    public bool IsAllowed { get; }

    /// <summary>What a refused client is told in place of <c>Forbidden</c>.</summary>
    public string? Message { get; }

    /// <summary>The client may not: it gets 403, code 4 and the message.</summary>
    /// <param name="message">What the client is told; <c>Forbidden</c> when it is <see langword="null"/>.</param>
    public static RequestVerdict Refuse(string? message = null) => new(false, message);
}
