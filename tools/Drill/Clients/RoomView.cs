namespace Salon.Drills.Clients;

/// <summary>
/// A room as one client has it: all messages since it was there first, in order. What comes too early waits for what is missing. Thread-safe.
/// </summary>
internal sealed class RoomView(string room)
{
    private readonly Lock _gate = new();
    private readonly List<ulong> _prints = [];
    private readonly SortedDictionary<long, Incoming> _early = [];
    private readonly List<string> _violations = [];
    private long? _first;
    private bool _isReading;

    public string Room => room;

    /// <summary>The number of the first message; <see langword="null"/> before the client was there.</summary>
    public long? First
    {
        get
        {
            lock (_gate)
            {
                return _first;
            }
        }
    }

    /// <summary>The number up to which the client has all; <see langword="null"/> before it was there.</summary>
    public long? Cursor
    {
        get
        {
            lock (_gate)
            {
                return _first + _prints.Count - 1;
            }
        }
    }

    /// <summary>The messages' fingerprints, from <see cref="First"/> on. Read when nothing comes any more.</summary>
    public IReadOnlyList<ulong> Prints => _prints;

    /// <summary>Whether messages came as different ones before. Read when nothing comes any more.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The client is there for the first time.</summary>
    public void Begin(long first)
    {
        lock (_gate)
        {
            _first ??= first;
        }
    }

    /// <summary>A message has come, by whatever way.</summary>
    /// <returns>The messages that the client has now and had not before.</returns>
    public List<Incoming> Add(Incoming message)
    {
        lock (_gate)
        {
            var added = new List<Incoming>(1);

            if (_first is { } first && message.Seq < first + _prints.Count)
            {
                if (message.Seq >= first && _prints[(int)(message.Seq - first)] != message.Print)
                {
                    _violations.Add($"message {message.Seq} of {room} came in two versions");
                }

                return added;
            }

            _early[message.Seq] = message;

            while (_first is { } start && _early.Remove(start + _prints.Count, out var next))
            {
                _prints.Add(next.Print);
                added.Add(next);
            }

            return added;
        }
    }

    /// <summary>Takes the right to read what is missing, if anything is and nobody does.</summary>
    public bool TryBeginReading()
    {
        lock (_gate)
        {
            var begins = !_isReading && _first is not null && _early.Count > 0;
            _isReading |= begins;
            return begins;
        }
    }

    public void EndReading()
    {
        lock (_gate)
        {
            _isReading = false;
        }
    }
}
