using System.Buffers;
using System.Text.Json;
using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>Writes what the market tells: prices as numbers with two decimals, times in Unix milliseconds.</summary>
internal static class MarketJson
{
    public const string Tick = "tick";
    public const string Candle = "candle";
    public const string Status = "status";

    // The keys of a symbol's events: its tick, and its candles by interval. What is told of a session has none.
    private const int KeysOfSymbol = 4;

    /// <summary>A trade, and how the day of the share is after it.</summary>
    public static NewEvent TickOf(Listings listings, in Trade trade, in Quote after)
    {
        var (size, time, quote) = (trade.Size, trade.Time, after);
        var symbol = listings[trade.Listing].Symbol;

        return new NewEvent(Tick, Write(json =>
        {
            json.WriteString("symbol", symbol);
            json.WriteNumber("price", ToPrice(quote.Price));
            json.WriteNumber("size", size);
            json.WriteNumber("volume", quote.Volume);
            json.WriteNumber("open", ToPrice(quote.Open));
            json.WriteNumber("high", ToPrice(quote.High));
            json.WriteNumber("low", ToPrice(quote.Low));
            json.WriteNumber("time", time);
        }), trade.Listing, trade.Listing * KeysOfSymbol);
    }

    /// <summary>A candle that has ended.</summary>
    public static NewEvent CandleOf(Listings listings, int listing, CandleInterval interval, Candle candle) => new(Candle, Write(json =>
    {
        json.WriteString("symbol", listings[listing].Symbol);
        json.WriteString("interval", interval.Name);
        WriteMembers(json, candle);
    }), listing, (listing * KeysOfSymbol) + 1 + interval.Index);

    /// <summary>How the market is doing, and this node's view of it.</summary>
    public static byte[] StatusData(bool isOpen, string source, bool isLive, long time, FeedNotice notice = default) => Write(json =>
    {
        json.WriteString("session", SessionName(isOpen));
        json.WriteString("source", source);
        json.WriteBoolean("live", isLive);
        json.WriteNumber("time", time);

        if (notice.Replayed is { } replayed)
        {
            json.WriteNumber("replayed", replayed);
        }

        if (notice.Conflated is { } conflated)
        {
            json.WriteNumber("conflated", conflated);
        }
    });

    /// <summary>What is traded.</summary>
    public static byte[] ListOf(Listings listings) => JsonSerializer.SerializeToUtf8Bytes(listings.All, JsonSerializerOptions.Web);

    /// <summary>The newest candles of a symbol, the growing one last.</summary>
    public static byte[] CandlesOf(MarketBook book, int listing, CandleInterval interval, int limit, StreamId id) => Write(json =>
    {
        var series = book.CandlesOf(listing, interval);
        var count = series.Closed.Count + (series.Open is null ? 0 : 1);

        json.WriteString("symbol", book.Listings[listing].Symbol);
        json.WriteString("interval", interval.Name);
        json.WriteString("id", id.ToString());
        json.WriteStartArray("candles");

        foreach (var candle in series.Closed.Skip(count - limit))
        {
            WriteCandle(json, candle, isClosed: true);
        }

        if (series.Open is { } open)
        {
            WriteCandle(json, open, isClosed: false);
        }

        json.WriteEndArray();
    });

    public static string SessionName(bool isOpen) => isOpen ? "open" : "closed";

    /// <summary>Cents as the number that is written with two decimals.</summary>
    public static decimal ToPrice(long cents) => new((int)cents, (int)(cents >> 32), 0, isNegative: false, scale: 2);

    /// <summary>An object on one line.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>();

        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCandle(Utf8JsonWriter json, in Candle candle, bool isClosed)
    {
        json.WriteStartObject();
        WriteMembers(json, candle);
        json.WriteBoolean("closed", isClosed);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, in Candle candle)
    {
        json.WriteNumber("time", candle.Time);
        json.WriteNumber("open", ToPrice(candle.Open));
        json.WriteNumber("high", ToPrice(candle.High));
        json.WriteNumber("low", ToPrice(candle.Low));
        json.WriteNumber("close", ToPrice(candle.Close));
        json.WriteNumber("volume", candle.Volume);
    }
}
