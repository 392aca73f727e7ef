namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// Which numbers of one sender were read, as runs without a gap. One number that is out of all order, however large, hides none of those that
/// come after it. Used by one task.
/// </summary>
internal sealed class SeenNumbers
{
    // A gap is rare: entries that were trimmed while this server was away, or that nobody honest has written.
    private const int MaxRuns = 8;

    private readonly List<(long First, long Last)> _runs = [];

    /// <summary>Takes a number.</summary>
    /// <returns><see langword="false"/> when it was taken before.</returns>
    public bool TryAdd(long number)
    {
        // The run that grew last is at the end.
        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            var (first, last) = _runs[i];

            if (number >= first && number <= last)
            {
                return false;
            }

            if (number - 1 == last)
            {
                _runs.RemoveAt(i);
                _runs.Add((first, number));
                return true;
            }
        }

        if (_runs.Count == MaxRuns)
        {
            _runs.RemoveAt(0);
        }

        _runs.Add((number, number));
        return true;
    }
}
