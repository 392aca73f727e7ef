using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Routing;

/// <summary>Commands that no server of a cluster can take at the moment. They are bounded like those that wait for one. Thread-safe.</summary>
internal sealed class ParkedRequests(ClientContext context)
{
    private readonly RequestQueue _queue = new(context.Options.MaxQueuedBytes);

    public long Bytes => _queue.Bytes;

    /// <summary>Keeps a request, or fails it at once.</summary>
    public void Add(CommandRequest request) => request.QueueAt(_queue);

    /// <summary>Fails those whose time is over.</summary>
    public void FailDue(long now, string? obstacle)
    {
        foreach (var request in _queue.TakeDue(now) ?? [])
        {
            request.OnDue(wasSent: false, obstacle);
        }
    }

    /// <summary>Removes all, to try again.</summary>
    public IEnumerable<CommandRequest> TakeAll() => _queue.TakeAll().Cast<CommandRequest>();

    /// <summary>Removes all, and keeps no more.</summary>
    public List<Request> Close() => _queue.TakeAll(close: true);
}
