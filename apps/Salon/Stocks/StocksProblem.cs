using Salon.App.Hosting;

namespace Salon.App.Stocks;

/// <summary>What is wrong with a request for stocks, and how it is answered: with a problem document (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What programs read.</param>
/// <param name="Detail">What people read.</param>
internal sealed record StocksProblem(int Status, string Code, string Detail)
{
    public static StocksProblem ForeignOrigin { get; } =
        new(StatusCodes.Status403Forbidden, "foreign_origin", "Pages of other sites may not read the stocks.");

    public static StocksProblem NoWebSocket { get; } =
        new(StatusCodes.Status426UpgradeRequired, "no_websocket", "This is a WebSocket; as an event stream, the same is at /stocks/stream.");

    public static StocksProblem RateLimited { get; } =
        new(StatusCodes.Status429TooManyRequests, "rate_limited", "Your address has too many streams, or asks too often.");

    public static StocksProblem NoPlace { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "no_place", "All places are taken. Try again in a moment.");

    public static StocksProblem UnknownSymbol(string symbol, int status = StatusCodes.Status400BadRequest) =>
        new(status, "unknown_symbol", $"There is no symbol \"{Shorten(symbol)}\"; /stocks/symbols lists them.");

    public static StocksProblem TooManySymbols(int most) =>
        new(StatusCodes.Status400BadRequest, "too_many_symbols", $"Name at most {most} symbols, or none for all.");

    public static StocksProblem InvalidArgument(string detail) => new(StatusCodes.Status400BadRequest, "invalid_argument", detail);

    public Task WriteAsync(HttpContext context, TimeSpan? retryAfter = null) => Problem.WriteAsync(context, Status, Code, Detail, retryAfter);

    // It is repeated to whoever sent it, and may be anything.
    private static string Shorten(string symbol) => symbol.Length <= 32 ? symbol : $"{symbol.AsSpan(0, 32)}…";
}
