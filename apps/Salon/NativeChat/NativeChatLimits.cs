using Salon.App.Hosting.Budgets;

namespace Salon.App.NativeChat;

/// <summary>How much one connection may do, and what a node keeps. docs/protocol/native-chat.md repeats them.</summary>
internal static class NativeChatLimits
{
    /// <summary>How many connections a node takes.</summary>
    public const int Connections = 1_000;

    /// <summary>How many of them one address may have: a school has 300 people behind one.</summary>
    public const int ConnectionsPerAddress = 400;

    /// <summary>How many connections an address may open.</summary>
    public static readonly Rate AddressOpenings = new(800, 20);

    /// <summary>The largest frame that a client may send.</summary>
    public const int FrameBytes = 64 * 1024;

    /// <summary>What may wait for a client that reads slowly. A newcomer's history and people are less.</summary>
    public const int QueueBytes = 1024 * 1024;

    public const int NameLength = 32;

    public const int TextLength = 2_000;

    public const int IdLength = 64;

    /// <summary>The secret by which a client that comes back is known to be the same has 16 to so many characters.</summary>
    public const int SessionLength = 64;

    public const int MinSessionLength = 16;

    /// <summary>How many messages a newcomer gets.</summary>
    public const int History = 50;

    /// <summary>How many messages are known again when they are sent twice.</summary>
    public const int KnownMessages = 1_000;

    /// <summary>How many frames a client may send at once, and how many more each second.</summary>
    public const int FrameBurst = 30;
    public const int FramesPerSecond = 10;

    public static readonly Rate ConnectionFrames = new(FrameBurst, FramesPerSecond);

    /// <summary>How many frames all connections of an address may send, whoever comes and goes.</summary>
    public static readonly Rate AddressFrames = new(4_000, 800);

    /// <summary>Bytes of messages, times the people who get them, of a connection and of an address.</summary>
    public static readonly Rate ConnectionFanOutBytes = new(32 * 1024 * 1024, 4 * 1024 * 1024);
    public static readonly Rate AddressFanOutBytes = new(128 * 1024 * 1024, 32 * 1024 * 1024);

    /// <summary>How many of its frames may be refused at once, and how many more each second, before it is sent away.</summary>
    public const int RefusalBurst = 20;
    public const int RefusalsPerSecond = 1;

    public static readonly Rate ConnectionRefusals = new(RefusalBurst, RefusalsPerSecond);

    /// <summary>How long a client has to say its name.</summary>
    public static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long after a sign of life a client is pinged, and how long it has to answer.</summary>
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a client has to answer the goodbye.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
}
