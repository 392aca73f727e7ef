namespace Salon.SocketIO;

/// <summary>An answer will never come, because the socket is disconnected.</summary>
/// <param name="reason">Why it is; <see langword="null"/> when it never was connected.</param>
public sealed class SocketDisconnectedException(DisconnectReason? reason)
    : Exception($"The socket is disconnected: {reason?.ToText() ?? "it never was connected"}.")
{
    /// <summary>Why the socket is disconnected; <see langword="null"/> when it never was connected.</summary>
    public DisconnectReason? Reason { get; } = reason;
}
