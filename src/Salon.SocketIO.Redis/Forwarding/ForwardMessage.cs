namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>A message between two servers about one request.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Sender">The server that sends it.</param>
/// <param name="Id">The number that the server at which the request arrived gave it.</param>
internal sealed record ForwardMessage(ForwardKind Kind, string Sender, ulong Id)
{
    /// <summary>The request without its body, in a <see cref="ForwardKind.Request"/>.</summary>
    public RequestHead? Request { get; init; }

    /// <summary>The status, in an <see cref="ForwardKind.Answer"/>.</summary>
    public int Status { get; init; }

    /// <summary>The headers of the request or the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body of the request or the answer.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
