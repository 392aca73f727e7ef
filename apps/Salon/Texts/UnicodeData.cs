using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Salon.App.Texts;

/// <summary>
/// What the rules for names and lengths need to know of Unicode. The app has its own data, since it runs without ICU, where
/// <see cref="string.Normalize()"/> changes nothing. Made by <c>eng/make-text-data.mjs</c>. Immutable.
/// </summary>
internal sealed class UnicodeData
{
    private const string ResourceName = "text-data.txt";

    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);

    private UnicodeData()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream(ResourceName)!;
        using var reader = new StreamReader(stream);

        while (reader.ReadLine() is { } line)
        {
            if (line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end && line[0] != '#')
            {
                _lines.Add(line[..end], line[(end + 2)..]);
            }
        }

        (Ignorable, Emoji, Pictographic, Modifier) = (ReadSet("ignorable"), ReadSet("emoji"), ReadSet("pictographic"), ReadSet("modifier"));
        (Extend, Virama, Consonant, Linker) = (ReadSet("extend"), ReadSet("virama"), ReadSet("consonant"), ReadSet("linker"));
        (JoinsNext, JoinsPrevious) = (ReadSet("joinsNext"), ReadSet("joinsPrevious"));
        Classes = ReadClasses();

        var pairs = ReadMapping("pair");
        Canonical = ReadMapping("canonical").Concat(pairs).ToFrozenDictionary();
        Compatible = ReadMapping("compatible").ToFrozenDictionary();
        Alike = ReadMapping("alike").ToFrozenDictionary();
        Composed = pairs.ToFrozenDictionary(static pair => (pair.Value[0], pair.Value[1]), static pair => pair.Key);
        _lines.Clear();
    }

    public static UnicodeData Instance { get; } = new();

    /// <summary>What is not drawn where nothing else is meant with it: Default_Ignorable_Code_Point.</summary>
    public CodePointSet Ignorable { get; }

    public CodePointSet Emoji { get; }

    /// <summary>Extended_Pictographic: what a ZWJ sequence is made of.</summary>
    public CodePointSet Pictographic { get; }

    public CodePointSet Modifier { get; }

    /// <summary>Grapheme_Extend.</summary>
    public CodePointSet Extend { get; }

    /// <summary>Canonical combining class 9.</summary>
    public CodePointSet Virama { get; }

    /// <summary>Indic_Conjunct_Break=Consonant and =Linker: a linker joins two consonants to what people take for one character.</summary>
    public CodePointSet Consonant { get; }

    /// <inheritdoc cref="Consonant"/>
    public CodePointSet Linker { get; }

    /// <summary>Letters that join the next one.</summary>
    public CodePointSet JoinsNext { get; }

    public CodePointSet JoinsPrevious { get; }

    /// <summary>The combining class of what has one.</summary>
    public FrozenDictionary<int, byte> Classes { get; }

    /// <summary>What a character is composed of; parts may be composed themselves.</summary>
    public FrozenDictionary<int, int[]> Canonical { get; }

    /// <summary>What a character stands for beyond that, in full.</summary>
    public FrozenDictionary<int, int[]> Compatible { get; }

    public FrozenDictionary<(int First, int Second), int> Composed { get; }

    /// <summary>Lower-case letters that look like others.</summary>
    public FrozenDictionary<int, int[]> Alike { get; }

    private CodePointSet ReadSet(string name) => new([.. _lines[name].Split(' ').Select(ParseRange)]);

    private FrozenDictionary<int, byte> ReadClasses()
    {
        var classes = new Dictionary<int, byte>();

        foreach (var entry in _lines["class"].Split(' '))
        {
            var (range, number) = Cut(entry);
            var (first, last) = ParseRange(range);

            for (var code = first; code <= last; code++)
            {
                classes.Add(code, byte.Parse(number, CultureInfo.InvariantCulture));
            }
        }

        return classes.ToFrozenDictionary();
    }

    private Dictionary<int, int[]> ReadMapping(string name) => _lines[name].Split(' ').Select(Cut)
        .ToDictionary(static pair => ParseHex(pair.Left), static pair => Array.ConvertAll(pair.Right.Split('+'), ParseHex));

    private static (string Left, string Right) Cut(string entry) => entry.IndexOf('=') is var at ? (entry[..at], entry[(at + 1)..]) : default;

    private static (int First, int Last) ParseRange(string range) =>
        range.Split('-') is [var first, var last] ? (ParseHex(first), ParseHex(last)) : (ParseHex(range), ParseHex(range));

    private static int ParseHex(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>A set of code points, by ranges in order.</summary>
internal sealed class CodePointSet((int First, int Last)[] ranges)
{
    private readonly int[] _firsts = Array.ConvertAll(ranges, static range => range.First);

    public bool Contains(Rune rune) => Contains(rune.Value);

    public bool Contains(int code)
    {
        var at = Array.BinarySearch(_firsts, code);
        return at >= 0 || (at < -1 && code <= ranges[-at - 2].Last);
    }
}
