namespace Salon.Drills.Clients;

/// <summary>
/// What the server pushed to one connection while it was in one room without interruption: only how it differs from one number after the
/// other is kept. Written by the connection's task; read when it is over.
/// </summary>
internal sealed class Membership(string username, string room, int node)
{
    private readonly List<(long Last, long Next)> _jumps = [];
    private long _first;
    private long _last;

    /// <summary>The newest number when the client was told that it has joined; <see langword="null"/> when it was not told.</summary>
    public long? JoinedAt { get; set; }

    /// <summary>How many messages were pushed.</summary>
    public long Count { get; private set; }

    public void OnMessage(long seq)
    {
        if (Count++ == 0)
        {
            _first = seq;
        }
        else if (seq != _last + 1)
        {
            _jumps.Add((_last, seq));
        }

        _last = seq;
    }

    /// <summary>
    /// Where it was not one number after the other. What the answer to joining held may have been left out: joining comes first, reading after.
    /// </summary>
    public IEnumerable<string> FindViolations()
    {
        if (JoinedAt is { } joinedAt && Count > 0 && _first > joinedAt + 1)
        {
            yield return $"{username} on node {node + 1} joined {room} at {joinedAt}, and the first that was pushed is {_first}";
        }

        foreach (var (last, next) in _jumps)
        {
            if (next <= last)
            {
                yield return $"{username} on node {node + 1} in {room}: {next} was pushed after {last}";
            }
            else if (JoinedAt is { } known && next > known + 1)
            {
                yield return $"{username} on node {node + 1} in {room}: after {last} came {next}";
            }
        }
    }
}
