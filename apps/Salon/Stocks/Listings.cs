using System.Buffers;

namespace Salon.App.Stocks;

/// <summary>Everything that is traded; the place in the list is the topic in the feed. Immutable.</summary>
internal sealed class Listings
{
    public const int MaxCount = 200;
    public const int MaxSymbolLength = 8;

    private static readonly SearchValues<char> SymbolCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    private readonly Dictionary<string, int> _indices;

    public Listings(IReadOnlyList<Listing> all)
    {
        All = all;
        _indices = all.Index().ToDictionary(static pair => pair.Item.Symbol, static pair => pair.Index, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Listing> All { get; }

    public int Count => All.Count;

    public Listing this[int index] => All[index];

    public static bool IsSymbol(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxSymbolLength && !text.ContainsAnyExcept(SymbolCharacters);

    public bool TryFind(ReadOnlySpan<char> symbol, out int index) => _indices.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out index);
}
