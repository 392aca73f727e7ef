using System.IO.Compression;
using System.Text.Json;
using Salon.App.Streaming;

namespace Salon.App.Stocks.Cluster;

/// <summary>How everything stands after an entry of the stream: what a node begins with that comes later, or has missed something.</summary>
/// <param name="EntryId">The entry.</param>
/// <param name="Epoch">The run of the market.</param>
/// <param name="Origin">When it began.</param>
/// <param name="Head">How many events there were.</param>
/// <param name="Time">When the newest step ended.</param>
/// <param name="IsOpen">Whether there is trading.</param>
/// <param name="Quotes">The quotes, seven numbers each.</param>
/// <param name="Closed">The candles that have ended, six numbers each, by listing and interval.</param>
/// <param name="Growing">The candles that are growing, or nothing.</param>
internal sealed record MarketState(
    string EntryId, string Epoch, long Origin, long Head, long Time, bool IsOpen, long[] Quotes, long[][] Closed, long[][] Growing)
{
    private const int QuoteLength = 7;
    private const int CandleLength = 6;

    // Nobody gets there by counting, and from there, nobody could count on.
    private const long MaxHead = 1L << 53;

    // What is missing would be null.
    private static readonly JsonSerializerOptions Strict = new() { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    private bool IsWhole => StepId.TryParse(EntryId, out _)
        && Quotes.Length % QuoteLength == 0
        && Closed.Length == Quotes.Length / QuoteLength * CandleInterval.All.Count
        && Growing.Length == Closed.Length
        && Array.TrueForAll(Closed, static candles => candles is { Length: var length } && length % CandleLength == 0)
        && Array.TrueForAll(Growing, static candle => candle is { Length: 0 or CandleLength });

    /// <summary>
    /// Whether it can be the state of a market. Redis gives it to every node, so one that is wrong would keep all of them from going on: for
    /// whoever is ahead of the clock, each step that is made is an old one.
    /// </summary>
    /// <param name="market">The market.</param>
    /// <param name="latest">How late it may be at most.</param>
    public bool IsOf(Market market, DateTimeOffset latest) => Quotes.Length == market.Listings.Count * QuoteLength
        && StreamId.TryParse($"{Epoch}-{Head}", out var id)
        && id == new StreamId(Epoch, Head)
        && Head <= MaxHead
        && Time <= latest.ToUnixTimeMilliseconds()
        && StepId.Parse(EntryId).Term <= latest.ToUnixTimeMilliseconds();

    public static MarketState Take(Market market, string entryId) => market.Read((book, id) =>
    {
        var series = Enumerable.Range(0, book.Listings.Count).SelectMany(listing => CandleInterval.All.Select(interval => book.CandlesOf(listing, interval))).ToList();

        return new MarketState(
            entryId,
            id.Epoch,
            market.Origin,
            id.Sequence,
            book.Time,
            book.IsOpen,
            [.. book.Quotes.ToArray().SelectMany(static quote => new[] { quote.Price, quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.Volume, quote.Time })],
            [.. series.Select(static each => each.Closed.SelectMany(ToNumbers).ToArray())],
            [.. series.Select(static each => each.Open is { } open ? ToNumbers(open) : [])]);
    });

    public void CopyTo(MarketBook book)
    {
        book.Restore([.. Quotes.Chunk(QuoteLength).Select(static quote => new Quote(quote[0], quote[1], quote[2], quote[3], quote[4], quote[5], quote[6]))], IsOpen, Time);

        for (var i = 0; i < Closed.Length; i++)
        {
            var series = book.CandlesOf(i / CandleInterval.All.Count, CandleInterval.All[i % CandleInterval.All.Count]);
            series.Restore(Closed[i].Chunk(CandleLength).Select(ToCandle), Growing[i].Length == 0 ? null : ToCandle(Growing[i]));
        }
    }

    /// <summary>As bytes for Redis: compressed, since it is mostly digits, and written again and again.</summary>
    public byte[] ToBytes()
    {
        using var output = new MemoryStream();

        using (var compressor = new BrotliStream(output, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(compressor, this);
        }

        return output.ToArray();
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static MarketState Parse(ReadOnlyMemory<byte> bytes)
    {
        using var input = new BrotliStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);

        MarketState? state = null;
        Exception? reason = null;

        try
        {
            state = JsonSerializer.Deserialize<MarketState>(input, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            reason = exception;
        }

        return state is { IsWhole: true } ? state : throw new InvalidDataException("The state of the market cannot be read.", reason);
    }

    private static long[] ToNumbers(Candle candle) => [candle.Time, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume];

    private static Candle ToCandle(long[] numbers) => new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
}
