using Salon.Http;

namespace Salon.SocketIO.Admin.Access;

/// <summary>Who asks, as far as tries are counted: an address, or a browser that an administrator has used before, wherever it is now.</summary>
internal readonly record struct Asker(ClientAddress Address, string? Device);

/// <summary>
/// How many wrong passwords each asker may still try. A try is taken before the password is looked at, and given back when it was right: so
/// guesses in parallel are no more than guesses one by one, and nobody waits for the tries of others. Bounded: the asker that tried longest ago
/// goes for a new one too many. The lock protects all fields.
/// </summary>
internal sealed class AdminTries(TimeProvider time)
{
    /// <summary>How many may be wrong at once.</summary>
    public const int Most = 20;

    /// <summary>How long it takes until there is one more.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private const int MaxAskers = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Asker, (double Left, long At)> _left = [];

    /// <returns>Whether there was one to take.</returns>
    public bool TryTake(Asker asker)
    {
        lock (_gate)
        {
            var left = Count(asker);

            if (left < 1)
            {
                return false;
            }

            Set(asker, left - 1);
            return true;
        }
    }

    public void GiveBack(Asker asker)
    {
        lock (_gate)
        {
            var left = Count(asker) + 1;

            // Who has all of them is as one who never tried.
            if (left >= Most)
            {
                _left.Remove(asker);
            }
            else
            {
                Set(asker, left);
            }
        }
    }

    private double Count(Asker asker) =>
        _left.TryGetValue(asker, out var known) ? Math.Min(Most, known.Left + (time.GetElapsedTime(known.At) / Pause)) : Most;

    private void Set(Asker asker, double left)
    {
        if (_left.Count >= MaxAskers && !_left.ContainsKey(asker))
        {
            _left.Remove(_left.MinBy(static pair => pair.Value.At).Key);
        }

        _left[asker] = (left, time.GetTimestamp());
    }
}
