namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>How patient servers are with each other.</summary>
internal static class ForwardTimes
{
    /// <summary>After how long a message that nothing came back to is sent again: Pub/Sub may have lost it.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    /// <summary>For how long. Beyond, the other server cannot be reached.</summary>
    public static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(10);

    /// <summary>How long the other side may be silent before it is asked whether it is still there.</summary>
    public static readonly TimeSpan Ask = TimeSpan.FromSeconds(10);

    /// <summary>How long it may be silent at all.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);

    /// <summary>How long a request that is over is remembered, so that it is not handled again when it is sent again.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromSeconds(30);
}
