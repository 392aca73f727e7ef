using System.Globalization;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// How far the stream was read: everything up to there has been told. Others wait for it. Thread-safe.
/// </summary>
internal sealed class StreamPlace(TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Id, TaskCompletionSource Reached)> _waiting = new();
    private string? _id;

    /// <summary>The id of the last entry; <see langword="null"/> before it is known where reading begins.</summary>
    public string? Id
    {
        get
        {
            lock (_gate)
            {
                return _id;
            }
        }
    }

    /// <summary>Whether an id is that of an entry, or of one before it.</summary>
    public static bool IsUpTo(string id, string other) => Parse(id).CompareTo(Parse(other)) <= 0;

    public void MoveTo(string id)
    {
        lock (_gate)
        {
            _id = id;

            for (var node = _waiting.First; node is not null;)
            {
                var next = node.Next;

                if (IsUpTo(node.Value.Id, id))
                {
                    _waiting.Remove(node);
                    node.Value.Reached.SetResult();
                }

                node = next;
            }
        }
    }

    /// <summary>Waits until an entry was told.</summary>
    /// <returns><see langword="false"/> when that takes too long.</returns>
    public async Task<bool> WaitForAsync(string id)
    {
        LinkedListNode<(string, TaskCompletionSource Reached)> node;

        lock (_gate)
        {
            if (_id is not null && IsUpTo(id, _id))
            {
                return true;
            }

            node = _waiting.AddLast((id, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await node.Value.Reached.Task.WaitAsync(Timeout, time);
            return true;
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (node.List is null)
                {
                    // It was told in the same moment.
                    return true;
                }

                _waiting.Remove(node);
                return false;
            }
        }
    }

    // Ids come from Redis, or were looked at before.
    private static (ulong, ulong) Parse(string id)
    {
        var hyphen = id.IndexOf('-', StringComparison.Ordinal);

        return hyphen < 0
            ? (ulong.Parse(id, CultureInfo.InvariantCulture), 0)
            : (ulong.Parse(id.AsSpan(0, hyphen), CultureInfo.InvariantCulture), ulong.Parse(id.AsSpan(hyphen + 1), CultureInfo.InvariantCulture));
    }
}
