using System.Text.Json;
using Salon.App.Hosting.Budgets;
using Salon.App.Streaming;
using Salon.Http;
using Salon.SocketIO;

namespace Salon.App.Stocks;

/// <summary>The Socket.IO twin of the stream: the namespace <c>/stocks</c>, each event with its data and its id. Its readers set the pace.</summary>
internal sealed class StocksSocket(Market market, StocksDoor door)
{
    public const string NamespaceName = "/stocks";

    private const string Transport = "socket.io";
    private const string CursorKey = "cursor";

    public void Map(Namespace stocks)
    {
        // An emit then waits until the client has room again, and what came meanwhile is conflated.
        stocks.SlowClients = SlowClients.Wait;
        stocks.Use(Accept);
        stocks.OnConnection(ServeAsync);
    }

    private ConnectError? Accept(Socket socket)
    {
        var auth = socket.Handshake.Auth;
        var symbols = auth.ValueKind == JsonValueKind.Object && auth.TryGetProperty("symbols", out var given) ? ToText(given) : null;

        if (!door.TryJoin(new ClientKey(socket.Conn.Id, ClientAddress.Of(socket.Handshake.Address))))
        {
            return new ConnectError(StocksProblem.RateLimited.Detail, new { code = StocksProblem.RateLimited.Code });
        }

        if (!SymbolSelection.TryParse(market.Listings, symbols, out var topics, out var problem))
        {
            return new ConnectError(problem.Detail, new { code = problem.Code });
        }

        var resume = auth.ValueKind == JsonValueKind.Object && auth.TryGetProperty("lastEventId", out var id) ? ResumePoint.Parse(ToText(id)) : ResumePoint.Start;
        socket.Data[CursorKey] = new FeedCursor(market.Feed, topics, resume);
        return null;
    }

    /// <summary>Runs as long as the connection: an emit to who is gone is dropped, and fails nobody.</summary>
    private async Task ServeAsync(Socket socket)
    {
        var waiter = new FeedWaiter();
        socket.OnDisconnect(_ => waiter.Stop());
        market.Feed.Metrics.OnOpened(Transport);

        try
        {
            using var reading = market.Feed.Readers.Add(waiter);

            if (!socket.Connected)
            {
                // Gone before anybody listened for that.
                waiter.Stop();
            }

            await SendAsync(socket, (FeedCursor)socket.Data[CursorKey]!, waiter);
        }
        finally
        {
            market.Feed.Metrics.OnClosed(Transport);
        }
    }

    private static async Task SendAsync(Socket socket, FeedCursor cursor, FeedWaiter waiter)
    {
        while (!waiter.IsOver)
        {
            waiter.Reset();

            while (!waiter.IsOver && cursor.TryTake(out var next))
            {
                var sending = Emit(socket, next);

                if (!sending.IsCompleted)
                {
                    await sending;
                    cursor.Conflate();
                }
            }

            await waiter.News;
        }
    }

    private static Task Emit(Socket socket, StreamEvent next)
    {
        var data = JsonElement.Parse(next.Data.Span);
        return next.Id is { } id ? socket.EmitAsync(next.Name, data, id.ToString()) : socket.EmitAsync(next.Name, data);
    }

    /// <summary>A text as it is, an array of texts with commas between; for anything else something that is no symbol and no id.</summary>
    private static string? ToText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Take(SymbolSelection.MaxSymbols + 1).Select(static item => item.ToString())),
        _ => value.GetRawText(),
    };
}
