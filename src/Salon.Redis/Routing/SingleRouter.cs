using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>One server, which may be another after a failover. Thread-safe.</summary>
internal sealed class SingleRouter : IRouter, IRedirector
{
    private static readonly ConnectionEnd NoMaster = new(ConnectionEndKind.Replaced, "the server is not the master any more");

    private readonly IEndPointSource _source;
    private readonly CommandLink _commands;
    private readonly SubscriptionLink _subscriptions;
    private readonly SentinelWatch? _watch;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="source">Which server it is.</param>
    /// <param name="state">Learns whether there is a connection.</param>
    public SingleRouter(ClientContext context, IEndPointSource source, StateEvents state)
    {
        _source = source;
        _commands = new CommandLink(context, source, link => state.Set(link.IsConnected ? RedisState.Connected : RedisState.Disconnected));
        _subscriptions = new SubscriptionLink(context, source);
        _watch = source is SentinelSource sentinels ? new SentinelWatch(context, context.Options.SentinelMaster!, sentinels, OnSwitched) : null;
    }

    public IRedirector? Redirector => _source.MustBeMaster ? this : null;

    public long QueuedBytes => _commands.Queue.Bytes;

    public long InFlight => _commands.InFlight;

    public void Start()
    {
        _commands.Start();
        _watch?.Start();
    }

    public int GetSlot(RedisCommand command) => -1;

    public DnsEndPoint? GetServer(RedisCommand command) => _commands.EndPoint;

    public void Send(CommandRequest request) => _commands.Send(request);

    public ValueTask<IReadOnlyList<CommandRequest>> SendToAllAsync(Func<CommandRequest> create, CancellationToken cancellationToken)
    {
        var request = create();
        Send(request);
        return new ValueTask<IReadOnlyList<CommandRequest>>([request]);
    }

    public IEndPointSource GetSource(int slot) => _source;

    public SubscriptionLink GetSubscriptionLink(SubscriptionKind kind, string channel) => _subscriptions;

    public void OnMoved()
    {
        // There is nobody else.
    }

    bool IRedirector.TryRedirect(CommandRequest request, string error)
    {
        if (error.StartsWith("READONLY ", StringComparison.Ordinal))
        {
            // What was the master has become a replica without closing the connection. Somebody else is the master.
            _commands.Reconnect(NoMaster);
        }

        return false;
    }

    public async Task StopAsync()
    {
        foreach (var request in await _commands.StopAsync())
        {
            request.OnDropped();
        }

        await _subscriptions.StopAsync();
        await (_watch?.StopAsync() ?? Task.CompletedTask);
    }

    private void OnSwitched(DnsEndPoint master)
    {
        if (_commands.EndPoint is { } commands && !commands.Equals(master))
        {
            _commands.Reconnect(NoMaster);
        }

        if (_subscriptions.EndPoint is { } subscriptions && !subscriptions.Equals(master))
        {
            _subscriptions.Reconnect(NoMaster);
        }
    }
}
