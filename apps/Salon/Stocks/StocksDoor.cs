using Salon.App.Hosting;
using Salon.App.Hosting.Budgets;
using Salon.Http;

namespace Salon.App.Stocks;

/// <summary>
/// Who may read the stocks: so many streams, polls and WebSockets are open at a time, and so much is asked for, by each address; a socket of
/// Socket.IO counts by its session too. Thread-safe.
/// </summary>
internal sealed class StocksDoor(AppSettings settings, TimeProvider time)
{
    /// <summary>How many streams, polls and WebSockets a node serves at a time.</summary>
    public const int Streams = 50_000;

    // Each begins with a picture of the market: that many at once, and some more each second.
    private const int OpeningsPart = 20;

    private static readonly Rate SessionOpenings = new(30, 2);
    private static readonly Rate AddressRequests = new(4_000, 400);

    private readonly AddressDoor _streams = new(
        settings.StreamsPerAddress,
        Streams,
        new Rate(settings.StreamsPerAddress * 2.0, Math.Max(1, (double)settings.StreamsPerAddress / OpeningsPart)),
        time);

    private readonly ClientBudget _sockets = new(
        SessionOpenings,
        new Rate(settings.StreamsPerAddress, Math.Max(1, (double)settings.StreamsPerAddress / OpeningsPart)),
        time);

    private readonly BudgetTable<ClientAddress> _requests = new(AddressRequests, time);

    /// <summary>Serves something that stays open, if one more may be.</summary>
    public async Task EnterAsync(HttpContext context, Func<Task> serve)
    {
        var address = AddressOf(context);
        var verdict = _streams.TryEnter(address, out var retryAfter);

        if (verdict != DoorVerdict.Open)
        {
            await (verdict == DoorVerdict.Full ? StocksProblem.NoPlace : StocksProblem.RateLimited).WriteAsync(context, retryAfter);
            return;
        }

        try
        {
            await serve();
        }
        finally
        {
            _streams.Leave(address);
        }
    }

    /// <summary>Answers something at once, if that is not asked for too often.</summary>
    public Task AnswerAsync(HttpContext context, Func<Task> answer) =>
        _requests.TryTake(AddressOf(context), 1, out var retryAfter) ? answer() : StocksProblem.RateLimited.WriteAsync(context, retryAfter);

    /// <summary>Whether a socket may join the namespace, which it could do again and again.</summary>
    public bool TryJoin(ClientKey client) => _sockets.TryTake(client, 1, out _);

    private static ClientAddress AddressOf(HttpContext context) => ClientAddress.Of(context.Connection.RemoteIpAddress);
}
