using Microsoft.Extensions.DependencyInjection;
using Salon.App.Stocks;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>The app with a market whose time moves only when a test says so.</summary>
internal sealed class StocksServer : IAsyncDisposable
{
    private StocksServer(AppServer app, ManualTimeProvider time) => (App, Time) = (app, time);

    public AppServer App { get; }

    public ManualTimeProvider Time { get; }

    public Uri Uri => App.Uri;

    public Market Market => App.Services.GetRequiredService<Market>();

    public static async Task<StocksServer> StartAsync(params string[] settings)
    {
        var time = new ManualTimeProvider();
        var server = new StocksServer(await AppServer.StartAsync(time: time, settings: settings), time);
        await BegunAsync(server.App);
        return server;
    }

    /// <summary>Waits until an app has a market.</summary>
    public static Task BegunAsync(AppServer app) =>
        Eventually.Async("the market has begun", () => app.Services.GetRequiredService<Market>().Feed.Ring is not null);

    /// <summary>A market whose clients come back at once.</summary>
    public static void ReplaceRetry(IServiceCollection services) =>
        services.AddSingleton(new SseOptions { MinRetryMilliseconds = 10, MaxRetryMilliseconds = 40 });

    /// <summary>Moves the clock, and waits until the market has made its steps.</summary>
    public async Task AdvanceAsync(double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await Eventually.Async("the market has made its steps", () => Market.Time == now - (now % 250));
    }

    public Task<SseClient> OpenAsync(string path = "/stocks/stream", string? lastEventId = null) => SseClient.OpenAsync(Uri, path, lastEventId);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
