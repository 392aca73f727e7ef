namespace Salon.SocketIO;

/// <summary>
/// Thrown by an event's handler to refuse the event: the client's ack gets <c>{ ok: false, error: { code, message } }</c>, so both must be
/// fit for the client's eyes. Any other exception is logged as the server's fault and answered without details.
/// </summary>
/// <param name="code">What a program tells the error by, for example <c>not_a_member</c>.</param>
/// <param name="message">What a person is told.</param>
public sealed class SocketIOException(string code, string message) : Exception(message)
{
    /// <summary>What a program tells the error by.</summary>
    public string Code { get; } = code;
}
