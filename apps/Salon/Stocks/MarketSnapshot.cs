using System.Text.Json;
using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>Writes how everything stands.</summary>
internal static class MarketSnapshot
{
    private const int TrendLength = 60;

    public static byte[] Write(MarketBook book, TopicSet topics, string source, bool isLive) => MarketJson.Write(json =>
    {
        json.WriteString("source", source);
        json.WriteString("session", MarketJson.SessionName(book.IsOpen));
        json.WriteBoolean("live", isLive);
        json.WriteNumber("time", book.Time);
        json.WriteStartArray("symbols");

        for (var i = 0; i < book.Listings.Count; i++)
        {
            if (topics.Contains(i))
            {
                WriteSymbol(json, book, i);
            }
        }

        json.WriteEndArray();
    });

    private static void WriteSymbol(Utf8JsonWriter json, MarketBook book, int index)
    {
        var (listing, quote, trend) = (book.Listings[index], book.Quotes[index], book.CandlesOf(index, CandleInterval.Trend));

        json.WriteStartObject();
        json.WriteString("symbol", listing.Symbol);
        json.WriteString("name", listing.Name);
        json.WriteString("sector", listing.Sector);
        json.WriteNumber("price", MarketJson.ToPrice(quote.Price));
        json.WriteNumber("open", MarketJson.ToPrice(quote.Open));
        json.WriteNumber("high", MarketJson.ToPrice(quote.High));
        json.WriteNumber("low", MarketJson.ToPrice(quote.Low));
        json.WriteNumber("previousClose", MarketJson.ToPrice(quote.PreviousClose));
        json.WriteNumber("volume", quote.Volume);
        json.WriteNumber("time", quote.Time);
        json.WriteStartArray("trend");

        foreach (var candle in trend.Closed.Skip(Math.Max(0, trend.Closed.Count - TrendLength)))
        {
            json.WriteNumberValue(MarketJson.ToPrice(candle.Close));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
