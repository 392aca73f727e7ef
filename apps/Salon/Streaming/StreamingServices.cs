using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Salon.App.Streaming;

/// <summary>What every feature that streams needs; each adds it, and there is one of each.</summary>
internal static class StreamingServices
{
    public static void AddStreaming(this IServiceCollection services)
    {
        services.TryAddSingleton<SseOptions>();
        services.TryAddSingleton<SseStreams>();
        services.TryAddSingleton<LongPolls>();
    }

    /// <summary>Ends the streams of a feed when the app begins to stop, so that their clients look for another node at once.</summary>
    public static void EndWith(this EventFeed feed, IHostApplicationLifetime lifetime) => lifetime.ApplicationStopping.Register(feed.Readers.End);
}
