using System.Globalization;
using System.Text.Json;
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

    /// <summary>Starts a market whose streams live for a day, and whose clients come back at once.</summary>
    public static async Task<StocksServer> StartLastingAsync()
    {
        var time = new ManualTimeProvider();
        var options = new SseOptions { MinRetryMilliseconds = 10, MaxRetryMilliseconds = 40, Lifetime = TimeSpan.FromDays(1) };
        var server = new StocksServer(await AppServer.StartAsync(services => services.AddSingleton(options), time: time), time);
        await BegunAsync(server.App);
        return server;
    }

    /// <summary>Lets the market run, ten times as fast as usual, until this is disposed.</summary>
    public IAsyncDisposable Run() => new Runner(this);

    /// <summary>Moves the clock, and waits until the market has made its steps.</summary>
    public async Task AdvanceAsync(double seconds)
    {
        // A market that was asleep for more than a minute leaves out what it has missed.
        for (; seconds > 0; seconds -= 30)
        {
            Time.Advance(TimeSpan.FromSeconds(Math.Min(seconds, 30)));
            var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
            await Eventually.Async("the market has made its steps", () => Market.Time == now - (now % 250));
        }
    }

    public Task<SseClient> OpenAsync(string path = "/stocks/stream", string? lastEventId = null) => SseClient.OpenAsync(Uri, path, lastEventId);

    /// <summary>The prices as a page writes them in English, by symbol.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PricesAsync()
    {
        using var answer = JsonDocument.Parse(await App.Http.GetStringAsync(new Uri("/stocks/poll", UriKind.Relative)));
        var snapshot = answer.RootElement.GetProperty("events")[0].GetProperty("data");

        return snapshot.GetProperty("symbols").EnumerateArray().ToDictionary(
            static quote => quote.GetProperty("symbol").GetString()!,
            static quote => quote.GetProperty("price").GetDecimal().ToString("N2", CultureInfo.InvariantCulture));
    }

    /// <summary>How many event streams the app says it has.</summary>
    public async Task<int> StreamsAsync()
    {
        using var status = JsonDocument.Parse(await App.Http.GetStringAsync(new Uri("/status", UriKind.Relative)));
        return status.RootElement.GetProperty("stocks").GetProperty("streams").GetInt32();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private sealed class Runner : IAsyncDisposable
    {
        private readonly PeriodicTimer _timer = new(TimeSpan.FromMilliseconds(25));
        private readonly Task _running;

        public Runner(StocksServer server) => _running = RunAsync(server);

        public async ValueTask DisposeAsync()
        {
            _timer.Dispose();
            await _running;
        }

        private async Task RunAsync(StocksServer server)
        {
            while (await _timer.WaitForNextTickAsync())
            {
                await server.AdvanceAsync(0.25);
            }
        }
    }
}
