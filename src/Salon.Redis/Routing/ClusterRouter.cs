using System.Net;
using System.Text;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>
/// Sends what concerns a key to the server that has its slot, and what it refuses to the one that it names. What nobody can take at the moment is
/// parked and tried again with each tick, until its time is over. Thread-safe.
/// </summary>
internal sealed class ClusterRouter : IRouter, IRedirector, ITicking
{
    // A slot that moves twice while a command is on its way is rare; more is a mistake of the cluster.
    private const int MaxRedirects = 8;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    // The map, and what waits to go where it says, change as one: what comes later must not overtake what waits. (A single slot that has moved, as a
    // server says, is learnt without: what was sent to the old one comes back out of order anyway.)
    private readonly Lock _gate = new();
    private readonly ClientContext _context;
    private readonly StateEvents _state;
    private readonly Action _onMoved;
    private readonly ClusterNodes _nodes;
    private readonly ClusterSubscriptions _subscriptions;
    private readonly ClusterWatch _watch;
    private readonly IEndPointSource _anyNode;
    private readonly CurrentMap _map;
    private readonly RequestQueue _parked;
    private readonly TaskCompletionSource _firstMap = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _refreshedAt;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="state">Learns whether there is a connection.</param>
    /// <param name="onMoved">Called when slots may be elsewhere.</param>
    public ClusterRouter(ClientContext context, StateEvents state, Action onMoved)
    {
        _context = context;
        _state = state;
        _onMoved = onMoved;
        _map = new CurrentMap(context.Time);
        _anyNode = new AnyNodeSource(() => _map.Value?.Masters ?? context.Options.EndPoints, context.Credentials);
        _nodes = new ClusterNodes(context, OnLinkChanged);
        _subscriptions = new ClusterSubscriptions(context, _anyNode, OnSubscriptionRefused);
        _watch = new ClusterWatch(context, Candidates, ApplyAsync);
        _parked = new RequestQueue(context.Options.MaxQueuedBytes);
    }

    public IRedirector Redirector => this;

    public long QueuedBytes => _parked.Bytes + _nodes.All.Sum(static link => link.Queue.Bytes);

    public long InFlight => _nodes.All.Sum(static link => (long)link.InFlight);

    public void Start()
    {
        _context.Ticker.Add(this);
        _watch.Start();
    }

    public int GetSlot(RedisCommand command) => command.HasKey ? KeySlot.Of(command.Key) : -1;

    public DnsEndPoint? GetServer(RedisCommand command) => _map.Value is { } map ? Choose(map, GetSlot(command)) : null;

    public void Send(CommandRequest request)
    {
        QueuedRequest queued;

        lock (_gate)
        {
            queued = Add(request);
        }

        queued.Settle();
    }

    public async ValueTask<IReadOnlyList<CommandRequest>> SendToAllAsync(Func<CommandRequest> create, CancellationToken cancellationToken)
    {
        try
        {
            await _firstMap.Task.WaitAsync(_context.Options.CommandTimeout, _context.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RedisTimeoutException($"The cluster was not known in time: {_watch.Obstacle}.", wasSent: false);
        }

        var requests = new List<CommandRequest>();

        foreach (var endPoint in _map.Value!.All)
        {
            var request = create();
            Send(request, endPoint);
            requests.Add(request);
        }

        return requests;
    }

    public IEndPointSource GetSource(int slot) => _map.Value is { } map ? _nodes.Get(Choose(map, slot)).Source : _anyNode;

    public SubscriptionLink? GetSubscriptionLink(SubscriptionKind kind, string channel)
    {
        if (kind != SubscriptionKind.Sharded)
        {
            return _subscriptions.Get(master: null);
        }

        // Any server would say who has the slot. But one that happens to have it itself would take the channel, and lose it to the connection
        // that is meant for it as soon as the map is known: with a gap, and a resumption, for nothing.
        return _map.Value is { } map ? _subscriptions.Get(map[KeySlot.Of(Encoding.UTF8.GetBytes(channel))]) : null;
    }

    public void OnMoved() => _watch.Refresh();

    public bool TryRedirect(CommandRequest request, string error)
    {
        if (Redirection.TryParse(error, request.Target!, out var redirection) && request.Redirects < MaxRedirects)
        {
            Learn(redirection);
            request.Redirects++;
            request.Reset(redirection.IsAsking);
            Send(request, redirection.EndPoint);
            return true;
        }

        if (!error.StartsWith("CLUSTERDOWN ", StringComparison.Ordinal) && !error.StartsWith("TRYAGAIN ", StringComparison.Ordinal))
        {
            return false;
        }

        OnMoved();
        request.Reset(isAsking: false);
        request.QueueAt(_parked);
        return true;
    }

    public void OnTick(long now)
    {
        foreach (var request in _parked.TakeDue(now) ?? [])
        {
            request.OnDue(wasSent: false, _watch.Obstacle ?? "the cluster is down");
        }

        if (_map.Value is not { } map)
        {
            return;
        }

        QueuedRequest[] queued;

        lock (_gate)
        {
            queued = AddAll(_parked.TakeAll());
        }

        Array.ForEach(queued, static request => request.Settle());

        // Somebody takes the place of a master that is away, and nobody tells.
        if (map.Masters.Exists(master => !_nodes.IsConnected(master)) && now - _refreshedAt > _context.ToTicks(RefreshInterval))
        {
            _refreshedAt = now;
            OnMoved();
        }
    }

    public async Task StopAsync()
    {
        _context.Ticker.Remove(this);
        _firstMap.TrySetException(new ObjectDisposedException(nameof(RedisClient)));
        _ = _firstMap.Task.Exception;
        await _watch.StopAsync();

        foreach (var request in _parked.TakeAll(close: true).Concat(await _nodes.CloseAsync()))
        {
            request.OnDropped();
        }

        await _subscriptions.StopAsync();
    }

    /// <summary>Takes over a new map: connects to its masters, leaves who is gone, and sends elsewhere what waits for them.</summary>
    private async Task ApplyAsync(ClusterMap map)
    {
        List<CommandLink> gone;
        QueuedRequest[] queued;

        lock (_gate)
        {
            _map.Replace(map);
            map.Masters.ForEach(master => _nodes.Get(master));
            gone = _nodes.Retain(map.All);
            var idle = _nodes.All.Where(static link => !link.IsConnected).Select(static link => link.Queue);
            queued = AddAll([.. idle.Prepend(_parked).SelectMany(static queue => queue.TakeAll()), .. gone.SelectMany(static link => link.Queue.TakeAll(close: true))]);
        }

        Array.ForEach(queued, static request => request.Settle());
        await Task.WhenAll(gone.Select(static link => link.StopAsync()));
        _firstMap.TrySetResult();
        UpdateState();
        _onMoved();
        await _subscriptions.RetainAsync(map.Masters);
    }

    /// <summary>A server does not have the slot of a channel: others are asked, if it has not said who does.</summary>
    private void OnSubscriptionRefused(DnsEndPoint from, string error)
    {
        if (Redirection.TryParse(error, from, out var redirection))
        {
            Learn(redirection);
            _onMoved();
        }
        else
        {
            OnMoved();
        }
    }

    private void Learn(Redirection redirection)
    {
        if (!redirection.IsAsking)
        {
            _map.Learn(redirection.Slot, redirection.EndPoint);
            OnMoved();
        }
    }

    private DnsEndPoint Choose(ClusterMap map, int slot) =>
        (slot >= 0 ? map[slot] : map.Masters.Find(_nodes.IsConnected)) ?? map.Masters[0];

    private void Send(CommandRequest request, DnsEndPoint endPoint)
    {
        QueuedRequest queued;

        lock (_gate)
        {
            queued = Add(request, endPoint);
        }

        queued.Settle();
    }

    private QueuedRequest[] AddAll(IEnumerable<Request> requests) => [.. requests.OfType<CommandRequest>().Select(request =>
    {
        request.Reset(isAsking: false);
        return Add(request);
    })];

    private QueuedRequest Add(CommandRequest request) =>
        _map.Value is { } map ? Add(request, Choose(map, request.Slot)) : new QueuedRequest(request, _parked);

    private QueuedRequest Add(CommandRequest request, DnsEndPoint endPoint)
    {
        request.Target = endPoint;
        return new QueuedRequest(request, _nodes.Get(endPoint).Queue);
    }

    /// <summary>The servers to ask for the map: those that are connected first, those of the options last.</summary>
    private IEnumerable<DnsEndPoint> Candidates() =>
        (_map.Value?.All ?? []).OrderByDescending(_nodes.IsConnected).Concat(_context.Options.EndPoints).Distinct();

    private void OnLinkChanged(CommandLink link)
    {
        UpdateState();

        if (!link.IsConnected)
        {
            OnMoved();
        }
    }

    private void UpdateState() =>
        _state.Set(_map.Value is { } map && map.Masters.Exists(_nodes.IsConnected) ? RedisState.Connected : RedisState.Disconnected);
}
