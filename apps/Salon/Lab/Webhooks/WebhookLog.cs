using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Salon.App.Lab.Webhooks;

/// <summary>What happened to a run's webhooks, and those who watch. The lock protects the entries and the watchers; thread-safe.</summary>
internal sealed class WebhookLog
{
    private const int MaxEntries = 60;

    private readonly Lock _gate = new();
    private readonly Queue<WebhookEntry> _entries = [];
    private readonly List<Channel<WebhookEntry>> _watchers = [];
    private WebhookRegistration? _registration;

    // Those on their way: how often the receiver shall still refuse each.
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);

    /// <summary>Who wants to be told by webhook; <see langword="null"/> when nobody does.</summary>
    public WebhookRegistration? Registration
    {
        get => Volatile.Read(ref _registration);
        set => Volatile.Write(ref _registration, value);
    }

    public int PendingCount => _refusals.Count;

    public void Begin(string id, int refusals) => _refusals[id] = refusals;

    public void End(string id) => _refusals.TryRemove(id, out _);

    /// <summary>Whether an event is on its way.</summary>
    public bool IsPending(string id) => _refusals.ContainsKey(id);

    /// <summary>Whether the receiver shall refuse this time.</summary>
    public bool TakeRefusal(string id) => _refusals.TryGetValue(id, out var left) && left > 0 && _refusals.TryUpdate(id, left - 1, left);

    public void Add(WebhookEntry entry)
    {
        lock (_gate)
        {
            _entries.Enqueue(entry);

            if (_entries.Count > MaxEntries)
            {
                _entries.Dequeue();
            }

            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(entry);
            }
        }
    }

    /// <summary>Lets somebody watch, from the oldest entry that is kept; a watcher that is too slow misses some.</summary>
    public Channel<WebhookEntry> Watch()
    {
        var watcher = Channel.CreateBounded<WebhookEntry>(new BoundedChannelOptions(2 * MaxEntries) { FullMode = BoundedChannelFullMode.DropOldest });

        lock (_gate)
        {
            foreach (var entry in _entries)
            {
                watcher.Writer.TryWrite(entry);
            }

            _watchers.Add(watcher);
        }

        return watcher;
    }

    public void Unwatch(Channel<WebhookEntry> watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
        }
    }
}
