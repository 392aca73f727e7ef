namespace Salon.SocketIO;

/// <summary>
/// Thrown by an event's handler to refuse the event: the client's ack gets <c>{ ok: false, error: { code, message } }</c>, so both must be
/// fit for the client's eyes. Any other exception is logged as the server's fault and answered without details.
/// </summary>
/// <param name="code">What a program tells the error by, for example <c>not_a_member</c>.</param>
/// <param name="message">What a person is told.</param>
/// <param name="retryAfter">In how long it may work; the client gets it as <c>retryAfter</c>, in seconds.</param>
public sealed class SocketIOException(string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>What a program tells the error by.</summary>
    public string Code { get; } = code;

    /// <summary>In how long it may work; <see langword="null"/> when nobody knows, or it never will.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
