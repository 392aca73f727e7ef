namespace Salon.EngineIO.Fairness;

/// <summary>
/// How much an address may send a second. It falls by a third as long as things are late (by more than half when they are very late), beginning
/// at those who send most, and rises slowly when they are not. Not thread-safe.
/// </summary>
internal sealed class TurnLevel
{
    /// <summary>Who sends less is never held back: some twenty messages a second of an address, and two of each of its sessions.</summary>
    public const double Least = 20_000;

    /// <inheritdoc cref="Least"/>
    public const double LeastOfSession = 2_000;

    private const double Fall = 0.7;
    private const double FastFall = 0.4;
    private const double Rise = 1.02;

    // Others are only helped by holding somebody back who sends so many times more than they do.
    private const int Disproportion = 4;

    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan VeryLate = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(4);

    private double _level = double.PositiveInfinity;
    private bool _wasLate;

    /// <summary>The share of an address with so many sessions.</summary>
    public double Of(int sessions) => Math.Max(_level, Least + (LeastOfSession * sessions));

    /// <summary>Whether something takes too long.</summary>
    public static bool IsLate(TimeSpan lag) => lag >= Late;

    /// <summary>Whether something takes too long, and did so the last time: a pause of the garbage collector is no crowd.</summary>
    public bool IsLateAgain(TimeSpan lag)
    {
        var again = IsLate(lag) && _wasLate;
        _wasLate = IsLate(lag);
        return again;
    }

    public void Change(TimeSpan lag, in TurnUsage usage, TimeSpan elapsed)
    {
        if (lag < InTime)
        {
            _level *= Rise;
        }
        else if (IsLate(lag) && usage.Count > 1 && usage.Heaviest > Disproportion * usage.Lightest)
        {
            _level = Math.Max(Least, Math.Min(_level, usage.Heaviest / elapsed.TotalSeconds) * (lag >= VeryLate ? FastFall : Fall));
        }
    }

    public void Reset() => (_level, _wasLate) = (double.PositiveInfinity, false);
}

/// <summary>How much was sent by those who sent something.</summary>
internal struct TurnUsage
{
    public int Count { get; private set; }

    public long Heaviest { get; private set; }

    public long Lightest { get; private set; }

    public void Add(long used)
    {
        if (used > 0)
        {
            Lightest = Count == 0 ? used : Math.Min(Lightest, used);
            Heaviest = Math.Max(Heaviest, used);
            Count++;
        }
    }
}
