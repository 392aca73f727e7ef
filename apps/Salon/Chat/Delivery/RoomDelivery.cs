namespace Salon.App.Chat.Delivery;

/// <summary>
/// Hands the messages of one room to those who are in it here: each once, in the order of their numbers, and none left out. Messages may
/// come in any order, twice or not at all; what is missing is asked for. The lock protects all fields; nobody is told under it.
/// </summary>
/// <param name="room">The room.</param>
/// <param name="deliver">Tells those in the room. Called by one thread at a time.</param>
/// <param name="onGap">Told once that messages are missing, until <see cref="OnFilled"/>.</param>
internal sealed class RoomDelivery(ChatRoom room, Action<ChatRoom, ChatMessage> deliver, Action<RoomDelivery> onGap)
{
    // What comes too early; more than this is read again when the gap is filled.
    private const int MaxEarly = 1000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, ChatMessage> _early = [];
    private int _members;
    private long? _last;
    private long _start;
    private long _delivered;
    private long _head;
    private bool _isDelivering;
    private bool _isFilling;
    private bool _isRetired;

    public ChatRoom Room => room;

    /// <summary>The number of the last message that those in the room have got; <see langword="null"/> while there is nobody to get any.</summary>
    public long? Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>
    /// How far the room has come, as far as it was told here. Whoever asks the database afterwards finds that much, or it was never stored.
    /// </summary>
    public long Reached
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(_delivered, _last is null ? 0 : Math.Max(_last.Value, _start));
            }
        }
    }

    /// <summary>Whether nobody can come into the room any more: another one has taken its place.</summary>
    public bool IsRetired
    {
        get
        {
            lock (_gate)
            {
                return _isRetired;
            }
        }
    }

    /// <summary>The numbers of what came too early.</summary>
    public IReadOnlyList<long> Early
    {
        get
        {
            lock (_gate)
            {
                return [.. _early.Keys];
            }
        }
    }

    /// <summary>Ends for good, unless somebody is in the room.</summary>
    public bool TryRetire()
    {
        lock (_gate)
        {
            return _isRetired |= _members == 0;
        }
    }

    /// <summary>Somebody is in the room, and knows what was said up to a number.</summary>
    /// <param name="head">The number.</param>
    /// <param name="reachedBefore"><see cref="Reached"/>, as it was before the database was asked.</param>
    /// <returns>
    /// <see langword="false"/> when the delivering began, with somebody else, after that number: what lies between nobody would get. Whoever
    /// reads again knows enough. Also when <see cref="IsRetired"/>.
    /// </returns>
    public bool TryEnter(long head, long reachedBefore)
    {
        lock (_gate)
        {
            GoBack(head, reachedBefore);

            if (_isRetired || head < (_members == 0 ? _delivered : _start))
            {
                return false;
            }

            if (_members++ == 0)
            {
                _last = _start = head;
            }

            _head = Math.Max(_head, head);
        }

        Deliver();
        return true;
    }

    /// <summary>Somebody has left.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_members == 0)
            {
                // Whoever comes next reads what is there.
                _last = null;
                _early.Clear();
            }
        }
    }

    /// <summary>A message is stored.</summary>
    public void Add(ChatMessage message)
    {
        lock (_gate)
        {
            _head = Math.Max(_head, message.Seq);

            if (!(message.Seq > _last))
            {
                return;
            }

            if (_early.Count < MaxEarly || message.Seq == _last + 1)
            {
                _early[message.Seq] = message;
            }
        }

        Deliver();
    }

    /// <summary>The database has messages up to a number.</summary>
    /// <param name="head">The number.</param>
    /// <param name="reachedBefore"><see cref="Reached"/>, as it was before the database was asked.</param>
    public void OnHead(long head, long reachedBefore)
    {
        lock (_gate)
        {
            GoBack(head, reachedBefore);
            _head = Math.Max(_head, head);
        }

        Deliver();
    }

    /// <summary>The database was asked.</summary>
    /// <param name="head">How far it goes.</param>
    /// <param name="reachedBefore"><see cref="Reached"/>, as it was before it was asked.</param>
    /// <param name="toldBefore">The numbers of <see cref="Early"/>, as they were before it was asked.</param>
    public void OnRead(long head, long reachedBefore, IReadOnlyList<long> toldBefore)
    {
        lock (_gate)
        {
            GoBack(head, reachedBefore);

            // What is stored is told afterwards: a number that was told before the database was asked, and that it has not, is nobody's.
            foreach (var seq in toldBefore.Where(seq => seq > head))
            {
                _early.Remove(seq);
            }

            _head = Math.Max(head, _early.Count > 0 ? _early.Keys.Last() : 0);
        }
    }

    /// <summary>What was missing has been added, or could not be read.</summary>
    public void OnFilled()
    {
        lock (_gate)
        {
            _isFilling = false;
        }

        Deliver();
    }

    /// <summary>
    /// What was told is stored already. Where the database has less, somebody told what is nobody's message, or the database has lost some: what
    /// gets these numbers next is to be delivered. Some may come twice, which their numbers tell; none is left out. Called under the lock.
    /// </summary>
    private void GoBack(long head, long reachedBefore)
    {
        if (head < reachedBefore)
        {
            _delivered = Math.Min(_delivered, head);
            _start = Math.Min(_start, head);
            _last = _last is { } last ? Math.Min(last, head) : null;
        }
    }

    private void Deliver()
    {
        lock (_gate)
        {
            if (_isDelivering)
            {
                return;
            }

            _isDelivering = true;
        }

        while (TryTake(out var message))
        {
            deliver(room, message);
        }

        bool hasGap;

        lock (_gate)
        {
            hasGap = _head > _last && !_isFilling;
            _isFilling |= hasGap;
        }

        if (hasGap)
        {
            onGap(this);
        }
    }

    /// <summary>Takes the next message, or ends the delivering in the same step.</summary>
    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ChatMessage? message)
    {
        lock (_gate)
        {
            if (_last is { } last && _early.Remove(last + 1, out message))
            {
                _last = _delivered = message.Seq;
                return true;
            }

            message = null;
            _isDelivering = false;
            return false;
        }
    }
}
