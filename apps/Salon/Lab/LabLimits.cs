using Salon.App.Hosting.Budgets;

namespace Salon.App.Lab;

/// <summary>What bounds the lab. <c>docs/protocol/lab.md</c> explains the numbers.</summary>
internal static class LabLimits
{
    /// <summary>How many runs there may be at a time.</summary>
    public const int Runs = 50;

    /// <summary>How many of them one address may have, and begin: a class of 30 behind one does not meet it.</summary>
    public const int RunsPerAddress = 40;
    public static readonly Rate AddressRuns = new(40, 40 / 60.0);

    /// <summary>How many requests and sockets of one run may be open at a time.</summary>
    public const int ConnectionsPerRun = 64;

    /// <summary>How many requests a run may make at once, and how many more each second: polling asks once for each message.</summary>
    public const int RequestBurst = 600;
    public const int RequestsPerSecond = 300;

    public static readonly Rate RunRequests = new(RequestBurst, RequestsPerSecond);

    /// <summary>The same for all runs of an address, and for what belongs to none.</summary>
    public static readonly Rate AddressRequests = new(12_000, 4_000);

    public const int MinRate = 1;
    public const int MaxRate = 100;
    public const int MaxPayload = 16 * 1024;
    public const int MaxDelay = 1_000;
    public const int MaxLoss = 100;

    /// <summary>What a run's messages may have in all each second.</summary>
    public const int MaxBytesPerSecond = 128 * 1024;

    /// <summary>Of how many seconds messages are kept for who comes back; with the above, it bounds their bytes.</summary>
    public const int KeptSeconds = 20;

    /// <summary>How many are kept at least.</summary>
    public const int MinKeptMessages = 100;

    /// <summary>How much one answer to a poll holds.</summary>
    public const int BatchMessages = 500;

    /// <summary>How many seconds a poll may wait.</summary>
    public const int MaxWait = 25;

    public const int MaxCutSeconds = 10;

    public const int MaxVirtualClients = 50;

    public const int BodyBytes = 4 * 1024;

    /// <summary>How long the run's server is away when it restarts.</summary>
    public static readonly TimeSpan RestartTime = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a run stays when nobody asks for it any more.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    /// <summary>How long a run may last, whoever asks for it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
}
