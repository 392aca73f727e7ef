using System.Globalization;
using Salon.App.Hosting;
using Salon.App.Streaming;
using Salon.Http;

namespace Salon.App.Stocks;

/// <summary>What is under <c>/stocks</c>, but for the page. Thread-safe.</summary>
internal sealed class StocksEndpoints(Market market, SseStreams streams, LongPolls polls, StocksDoor door)
{
    public const string WebSocketPath = "/stocks/ws";

    // Where to go on when there was nothing: whoever asks for a quiet symbol would fall out of what is kept.
    private const string CursorHeader = "Salon-Cursor";

    // Longer than this, proxies take the silence for a failure.
    private const int MaxWaitSeconds = 30;
    private const int DefaultWaitSeconds = 25;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/stocks/stream", StreamAsync);
        routes.MapRead("/stocks/poll", context => door.AnswerAsync(context, () => PollAsync(context)));
        routes.MapRead("/stocks/symbols", context => door.AnswerAsync(context, () => ListAsync(context)));
        routes.MapRead(WebSocketPath, OpenWebSocketAsync);
        routes.MapRead("/stocks/{symbol}/candles", context => door.AnswerAsync(context, () => ReadCandlesAsync(context)));
    }

    private Task StreamAsync(HttpContext context) =>
        TrySelect(context, out var topics, out var problem)
            ? door.EnterAsync(context, () => context.IsHead() ? SseFormat.AnnounceAsync(context) : streams.ServeAsync(context, market.Feed, topics))
            : problem.WriteAsync(context);

    private async Task PollAsync(HttpContext context)
    {
        if (!TrySelect(context, out var topics, out var problem)
            || !TryReadNumber(context, "wait", DefaultWaitSeconds, 0, MaxWaitSeconds, out var wait, out problem))
        {
            await problem!.WriteAsync(context);
            return;
        }

        await door.EnterAsync(context, () => PollAsync(context, topics, TimeSpan.FromSeconds(context.IsHead() ? 0 : wait)));
    }

    private async Task PollAsync(HttpContext context, TopicSet topics, TimeSpan wait)
    {
        var since = ResumePoint.Parse(context.Request.Query["since"]);
        var answer = await polls.WaitAsync(market.Feed, topics, since, wait, context.RequestAborted);

        if (answer.IsEmpty)
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers[CursorHeader] = answer.Cursor?.ToString();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await JsonResponse.WriteAsync(context, answer.ToJson());
    }

    private Task ListAsync(HttpContext context) => JsonResponse.WriteAsync(context, MarketJson.ListOf(market.Listings));

    private Task OpenWebSocketAsync(HttpContext context)
    {
        if (RequestOrigin.Check(context.Request) != OriginVerdict.Allowed)
        {
            return StocksProblem.ForeignOrigin.WriteAsync(context);
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            return StocksProblem.NoWebSocket.WriteAsync(context);
        }

        return TrySelect(context, out var topics, out var problem)
            ? door.EnterAsync(context, () => WebSocketStreams.ServeAsync(context, market.Feed, topics))
            : problem.WriteAsync(context);
    }

    private async Task ReadCandlesAsync(HttpContext context)
    {
        var symbol = (string)context.Request.RouteValues["symbol"]!;
        var interval = context.Request.Query["interval"] is { Count: > 0 } name ? CandleInterval.Find(name) : CandleInterval.All[0];

        if (!market.Listings.TryFind(symbol, out var listing))
        {
            await StocksProblem.UnknownSymbol(symbol, StatusCodes.Status404NotFound).WriteAsync(context);
        }
        else if (interval is null)
        {
            await StocksProblem.InvalidArgument("The interval is 1s, 5s or 1m.").WriteAsync(context);
        }
        else if (!TryReadNumber(context, "limit", CandleSeries.Capacity, 1, CandleSeries.Capacity, out var limit, out var problem))
        {
            await problem!.WriteAsync(context);
        }
        else
        {
            await JsonResponse.WriteAsync(context, market.Read((book, id) => MarketJson.CandlesOf(book, listing, interval, limit, id)));
        }
    }

    private bool TrySelect(HttpContext context, out TopicSet topics, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out StocksProblem? problem) =>
        SymbolSelection.TryParse(market.Listings, context.Request.Query["symbols"], out topics, out problem);

    private static bool TryReadNumber(HttpContext context, string name, int usual, int least, int most, out int number, out StocksProblem? problem)
    {
        (number, problem) = (usual, null);

        if (context.Request.Query[name] is { Count: > 0 } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < least || number > most))
        {
            problem = StocksProblem.InvalidArgument($"{name} is a whole number from {least} to {most}.");
        }

        return problem is null;
    }
}
