namespace Salon.SocketIO.Connections;

/// <summary>
/// Counts who uses a namespace that clients made by asking for it, so that it can go with the last of them. Thread-safe.
/// </summary>
internal sealed class NamespaceUse
{
    private readonly Lock _gate = new();
    private int _count;
    private bool _isPinned;
    private bool _isClosed;

    /// <summary>Somebody comes, unless the namespace is gone already.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            _count += _isClosed ? 0 : 1;
            return !_isClosed;
        }
    }

    /// <summary>Somebody has left.</summary>
    /// <returns>Whether it was the last, and the namespace is gone from here on.</returns>
    public bool Exit()
    {
        lock (_gate)
        {
            _isClosed = --_count == 0 && !_isPinned;
            return _isClosed;
        }
    }

    /// <summary>The program itself has asked for the namespace: it stays.</summary>
    /// <returns><see langword="false"/> when it is gone already.</returns>
    public bool TryPin()
    {
        lock (_gate)
        {
            _isPinned = true;
            return !_isClosed;
        }
    }
}
