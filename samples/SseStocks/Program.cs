// Prices for everybody who looks, over server-sent events: a response that does not end. Simulated. PORT=3000 by default.
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://localhost:{Port.Of(builder.Configuration)}");
builder.Services.AddSingleton<Market>().AddHostedService(services => services.GetRequiredService<Market>());

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();

app.MapGet("/stocks", (Market market, HttpContext context, IHostApplicationLifetime lifetime) =>
{
    // Proxies shall pass on what comes, when it comes; and who stops need not wait for those who look.
    context.Response.Headers["X-Accel-Buffering"] = "no";
    var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
    context.Response.RegisterForDispose(end);
    return TypedResults.ServerSentEvents(market.ReadAsync(context.Request.Headers["Last-Event-ID"], end.Token));
});

app.Run();

internal sealed record Price(string Symbol, decimal Value, decimal Change);

/// <summary>A market of five symbols with its newest two hundred ticks: a browser that comes back says which was the last it got.</summary>
internal sealed class Market : BackgroundService
{
    private const int Kept = 200;

    // Numbers of another life of this server mean nothing.
    private readonly string _epoch = Guid.NewGuid().ToString("N")[..8];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Price> _prices = new() { ["AAA"] = new("AAA", 50, 0), ["BBB"] = new("BBB", 120, 0), ["CCC"] = new("CCC", 8, 0), ["DDD"] = new("DDD", 300, 0), ["EEE"] = new("EEE", 75, 0) };
    private readonly Queue<(long Seq, Price Price)> _ticks = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seq;

    /// <summary>All prices first, or what was missed; then each tick. A slow reader holds up nobody: nothing is queued for it.</summary>
    public async IAsyncEnumerable<SseItem<Price[]>> ReadAsync(string? lastId, [EnumeratorCancellation] CancellationToken end)
    {
        var seq = lastId?.Split('-') is [var epoch, var number] && epoch == _epoch && long.TryParse(number, out var last) ? last : -1;

        while (!end.IsCancellationRequested)
        {
            var (isSnapshot, prices, newest, next) = Look(seq);

            if (prices.Length > 0)
            {
                seq = newest;
                yield return new SseItem<Price[]>(prices, isSnapshot ? "snapshot" : "ticks") { EventId = $"{_epoch}-{seq}", ReconnectionInterval = TimeSpan.FromSeconds(2) };
            }
            else
            {
                await next.WaitAsync(end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            lock (_gate)
            {
                var old = _prices.Values.ElementAt(Random.Shared.Next(_prices.Count));
                var value = Math.Max(1, Math.Round(old.Value * (1 + ((decimal)Random.Shared.NextDouble() - 0.5m) / 100), 2));
                _prices[old.Symbol] = new Price(old.Symbol, value, value - old.Value);
                _ticks.Enqueue((++_seq, _prices[old.Symbol]));

                if (_ticks.Count > Kept)
                {
                    _ticks.Dequeue();
                }

                _next.SetResult();
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private (bool IsSnapshot, Price[] Prices, long Newest, Task Next) Look(long seq)
    {
        lock (_gate)
        {
            var isSnapshot = seq < _seq - _ticks.Count || seq > _seq;
            return (isSnapshot, isSnapshot ? [.. _prices.Values] : [.. _ticks.Where(tick => tick.Seq > seq).Select(tick => tick.Price)], _seq, _next.Task);
        }
    }
}
