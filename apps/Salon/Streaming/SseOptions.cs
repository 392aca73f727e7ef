namespace Salon.App.Streaming;

/// <summary>How event streams are kept. The values are what proxies and browsers get along with; tests may want others.</summary>
internal sealed record SseOptions
{
    /// <summary>How long a stream is silent at most: proxies end what is silent for a minute or less.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stream lives, about: those of a proxy that was restarted spread over the nodes again, and none is for ever.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How far from <see cref="Lifetime"/> a stream may end, so that not all that began together end together.</summary>
    public double LifetimeJitter { get; init; } = 0.1;

    /// <summary>The shortest time that a client is told to wait before it comes back.</summary>
    public int MinRetryMilliseconds { get; init; } = 2000;

    /// <summary>The longest.</summary>
    public int MaxRetryMilliseconds { get; init; } = 6000;
}
