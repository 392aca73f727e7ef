using System.Diagnostics.CodeAnalysis;
using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>Reads which symbols a client wants: <c>ACME,GLOB</c>, in any case; nothing for all.</summary>
internal static class SymbolSelection
{
    public const int MaxSymbols = 100;

    public static bool TryParse(Listings listings, string? text, out TopicSet topics, [NotNullWhen(false)] out StocksProblem? problem)
    {
        (topics, problem) = (TopicSet.All, null);
        var span = text.AsSpan();
        var chosen = new HashSet<int>();

        if (span.Count(',') >= MaxSymbols)
        {
            problem = StocksProblem.TooManySymbols(MaxSymbols);
            return false;
        }

        foreach (var range in span.Split(','))
        {
            var symbol = span[range].Trim();

            if (symbol.IsEmpty)
            {
                continue;
            }

            if (!listings.TryFind(symbol, out var index))
            {
                problem = StocksProblem.UnknownSymbol(symbol.ToString());
                return false;
            }

            chosen.Add(index);
        }

        topics = chosen.Count == 0 ? TopicSet.All : TopicSet.Of(chosen);
        return true;
    }
}
