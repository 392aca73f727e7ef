using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>One server, which may be another after a failover.</summary>
internal sealed class SingleRouter : IRouter
{
    private readonly IEndPointSource _source;
    private readonly CommandLink _commands;
    private readonly SubscriptionLink _subscriptions;

    public SingleRouter(ClientContext context, IEndPointSource source, StateEvents state)
    {
        _source = source;
        _commands = new CommandLink(context, source, link => state.Set(link.IsConnected ? RedisState.Connected : RedisState.Disconnected));
        _subscriptions = new SubscriptionLink(context, source, static _ => { });
    }

    public IRedirector? Redirector => null;

    public long QueuedBytes => _commands.Queue.Bytes;

    public long InFlight => _commands.InFlight;

    public void Start() => _commands.Start();

    public int GetSlot(RedisCommand command) => -1;

    public DnsEndPoint? GetServer(RedisCommand command) => _commands.EndPoint;

    public void Send(CommandRequest request) => _commands.Send(request);

    public IReadOnlyList<ValueTask<RedisReply>> SendToAll(Func<CommandRequest> create)
    {
        var request = create();
        Send(request);
        return [request.Result];
    }

    public IEndPointSource GetSource(int slot) => _source;

    public SubscriptionLink GetSubscriptionLink(SubscriptionKind kind, string channel) => _subscriptions;

    public void OnMoved()
    {
        // There is nobody else.
    }

    public async Task StopAsync()
    {
        foreach (var request in await _commands.StopAsync())
        {
            request.OnDropped();
        }

        await _subscriptions.StopAsync();
    }
}
