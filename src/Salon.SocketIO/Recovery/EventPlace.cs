using System.Globalization;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// The place of an event in the order of a namespace, which is a client's offset. Alone, a server counts; a log that servers share gives
/// each entry two numbers that rise together, and what this server's clients got besides comes in steps behind an entry.
/// </summary>
/// <param name="Time">The first number; 0 on a server that is alone.</param>
/// <param name="Sequence">The second number.</param>
/// <param name="Step">How far behind the entry; 0 for the entry itself.</param>
/// <param name="IsOwn">Whether other servers cannot tell from it what the client has got: the log may hold it once more, behind others.</param>
internal readonly record struct EventPlace(ulong Time, ulong Sequence, uint Step = 0, bool IsOwn = false) : IComparable<EventPlace>
{
    private const int MaxLength = 60;

    public static bool operator <(EventPlace left, EventPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(EventPlace left, EventPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventPlace left, EventPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventPlace left, EventPlace right) => left.CompareTo(right) >= 0;

    /// <summary>Reads what <see cref="ToString"/> has written, or the id of an entry.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EventPlace place)
    {
        place = default;

        if (text.Length > MaxLength)
        {
            return false;
        }

        var end = text.IndexOfAny('.', '~');
        var id = end < 0 ? text : text[..end];
        var hyphen = id.IndexOf('-');
        uint step = 0;

        if (hyphen < 0
            || !TryParseNumber(id[..hyphen], out var time)
            || !TryParseNumber(id[(hyphen + 1)..], out var sequence)
            || (end >= 0 && !uint.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out step)))
        {
            return false;
        }

        place = new EventPlace(time, sequence, step, end >= 0 && text[end] == '~');
        return true;
    }

    public int CompareTo(EventPlace other) => (Time, Sequence, Step).CompareTo((other.Time, other.Sequence, other.Step));

    /// <summary>The id of the entry, in the form of Redis.</summary>
    public string ToId() => string.Create(CultureInfo.InvariantCulture, $"{Time}-{Sequence}");

    public override string ToString() => (Step, IsOwn) switch
    {
        (0, false) => ToId(),
        (_, false) => string.Create(CultureInfo.InvariantCulture, $"{Time}-{Sequence}.{Step}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Time}-{Sequence}~{Step}"),
    };

    private static bool TryParseNumber(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
