using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Routing;

/// <summary>The connection for commands to one server, with what waits for it. Thread-safe.</summary>
internal sealed class CommandLink : ILinkUser, ITicking
{
    private readonly ClientContext _context;
    private readonly Action<CommandLink> _onChanged;
    private readonly Link _link;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="source">Which server it is.</param>
    /// <param name="onChanged">Called when it is connected or disconnected.</param>
    public CommandLink(ClientContext context, IEndPointSource source, Action<CommandLink> onChanged)
    {
        _context = context;
        _onChanged = onChanged;
        Source = source;
        _link = new Link(context, "commands", source, this);
        Queue = new RequestQueue(context.Options.MaxQueuedBytes);
    }

    public RequestQueue Queue { get; }

    public bool IsConnected => _link.Connection is not null;

    /// <summary>Which server it is.</summary>
    public IEndPointSource Source { get; }

    /// <summary>Where it is connected to.</summary>
    public DnsEndPoint? EndPoint => _link.Connection?.EndPoint;

    public int InFlight => _link.Connection?.Sent.Count ?? 0;

    IPushReceiver? ILinkUser.Pushes => null;

    public void Start()
    {
        _context.Ticker.Add(this);
        _link.Start();
    }

    /// <summary>Queues a request, or fails it at once.</summary>
    public void Send(CommandRequest request) => request.QueueAt(Queue);

    /// <summary>Ends the connection, which comes back.</summary>
    public void Reconnect(ConnectionEnd reason) => _link.Connection?.Abort(reason);

    /// <summary>Ends it for good.</summary>
    /// <returns>What was not sent any more.</returns>
    public async Task<List<Request>> StopAsync()
    {
        _context.Ticker.Remove(this);
        var dropped = Queue.TakeAll(close: true);
        await _link.StopAsync();
        return dropped;
    }

    public void OnTick(long now)
    {
        foreach (var request in Queue.TakeDue(now) ?? [])
        {
            request.OnDue(wasSent: false, _link.Obstacle);
        }
    }

    RequestQueue ILinkUser.GetQueue() => Queue;

    void ILinkUser.OnConnected(RedisConnection connection) => _onChanged(this);

    void ILinkUser.OnDisconnected(ConnectionEnd end) => _onChanged(this);
}
