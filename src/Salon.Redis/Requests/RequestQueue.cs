namespace Salon.Redis.Requests;

/// <summary>
/// What waits to be written to one server, in order, bounded in bytes; what is being written counts too. It outlives connections. Many threads
/// add; the writer of the connection takes. The lock protects all fields; nothing is called under it.
/// </summary>
internal sealed class RequestQueue(long maxBytes)
{
    private readonly Lock _gate = new();
    private Request? _first;
    private Request? _last;
    private WakeSignal? _writer;
    private long _bytes;
    private bool _isClosed;

    public long MaxBytes => maxBytes;

    /// <summary>What waits or is being written.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <param name="request">What is added at the end.</param>
    /// <param name="isBounded">Whether it counts on others to wait their turn; the client's own few requests do not.</param>
    public AddResult TryAdd(Request request, bool isBounded = true)
    {
        WakeSignal? writer;

        lock (_gate)
        {
            if (_isClosed)
            {
                return AddResult.Closed;
            }

            // An empty queue takes a request of any size, or it could never be sent at all.
            if (isBounded && _bytes > 0 && _bytes + request.Frame.Length > maxBytes)
            {
                return AddResult.Full;
            }

            Append(request);
            writer = _writer;
        }

        writer?.Set();
        return AddResult.Added;
    }

    /// <summary>Takes back what has not been taken by the writer.</summary>
    public void Remove(Request request)
    {
        lock (_gate)
        {
            if (request.Queue == this)
            {
                _bytes -= request.Frame.Length;
                Unlink(request);
            }
        }
    }

    /// <summary>
    /// Takes as many requests as fit into a number of bytes, but at least one, in a chain by <see cref="Request.Next"/>. They count until
    /// they are <see cref="Release">released</see>.
    /// </summary>
    /// <param name="maxLength">How many bytes.</param>
    /// <param name="length">How many they are.</param>
    public Request? Take(int maxLength, out int length)
    {
        lock (_gate)
        {
            var first = _first;
            var end = _first;
            length = 0;

            while (end is not null && (length == 0 || length + end.Frame.Length <= maxLength))
            {
                length += end.Frame.Length;
                end.Queue = null;
                end = end.Next;
            }

            if (end?.Previous is { } last)
            {
                last.Next = null;
                end.Previous = null;
            }

            _first = end;
            _last = end is null ? null : _last;
            return first;
        }
    }

    /// <summary>What was taken has been written.</summary>
    public void Release(int length)
    {
        lock (_gate)
        {
            _bytes -= length;
        }
    }

    /// <summary>Names who is told when something waits.</summary>
    public void Attach(WakeSignal writer)
    {
        lock (_gate)
        {
            _writer = writer;
        }

        writer.Set();
    }

    /// <summary>Nobody writes; what is added waits.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            _writer = null;
        }
    }

    /// <summary>Removes those whose time is over. Nearly all have the same timeout, so the first are due first.</summary>
    public List<Request>? TakeDue(long now)
    {
        List<Request>? due = null;

        lock (_gate)
        {
            while (_first is { } first && first.DueAt <= now)
            {
                _bytes -= first.Frame.Length;
                Unlink(first);
                (due ??= []).Add(first);
            }
        }

        return due;
    }

    /// <summary>Removes everything that waits.</summary>
    /// <param name="close">Whether nothing is taken any more.</param>
    public List<Request> TakeAll(bool close = false)
    {
        var all = new List<Request>();

        lock (_gate)
        {
            _isClosed |= close;

            while (_first is { } first)
            {
                _bytes -= first.Frame.Length;
                Unlink(first);
                all.Add(first);
            }
        }

        return all;
    }

    private void Append(Request request)
    {
        request.Queue = this;
        request.Next = null;
        request.Previous = _last;
        _bytes += request.Frame.Length;

        if (_last is null)
        {
            _first = request;
        }
        else
        {
            _last.Next = request;
        }

        _last = request;
    }

    private void Unlink(Request request)
    {
        if (request.Previous is null)
        {
            _first = request.Next;
        }
        else
        {
            request.Previous.Next = request.Next;
        }

        if (request.Next is null)
        {
            _last = request.Previous;
        }
        else
        {
            request.Next.Previous = request.Previous;
        }

        request.Previous = request.Next = null;
        request.Queue = null;
    }
}
