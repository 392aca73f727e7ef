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
        foreach (var run in _runs)
        {
            if (number >= run.First && number <= run.Last)
            {
                return false;
            }
        }

        // It may be what was missing between two runs, which are one then: or what is in the second would be new once more.
        var (first, last) = (number, number);

        for (var i = _runs.Count - 1; i >= 0; i--)
        {
            var run = _runs[i];

            if (run.Last < number && run.Last == number - 1)
            {
                first = run.First;
                _runs.RemoveAt(i);
            }
            else if (run.First > number && run.First == number + 1)
            {
                last = run.Last;
                _runs.RemoveAt(i);
            }
        }

        if (_runs.Count == MaxRuns)
        {
            _runs.RemoveAt(0);
        }

        // The run that grew last is at the end, and forgotten last.
        _runs.Add((first, last));
        return true;
    }
}
