using System.Globalization;
using System.Net;
using System.Text;
using Salon.Redis.Connections;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>
/// Listens to a sentinel: it tells that there is a new master, while the old one may go on for seconds and take what is lost later.
/// Thread-safe.
/// </summary>
internal sealed class SentinelWatch
{
    private readonly ClientContext _context;
    private readonly string _master;
    private readonly SentinelSource _source;
    private readonly Action<DnsEndPoint> _onSwitched;
    private readonly SubscriptionLink _link;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="master">The name of the master.</param>
    /// <param name="source">Who asks the sentinels.</param>
    /// <param name="onSwitched">Called with the new master, perhaps when it is not new any more.</param>
    public SentinelWatch(ClientContext context, string master, SentinelSource source, Action<DnsEndPoint> onSwitched)
    {
        _context = context;
        _master = master;
        _source = source;
        _onSwitched = onSwitched;
        _link = new SubscriptionLink(context, new FixedSource(context.Options.EndPoints, context.SentinelCredentials), purpose: "news of sentinels");
    }

    public void Start()
    {
        var channel = new SubscribedChannel(SubscriptionKind.Channel, "+switch-master");
        var subscription = new RedisSubscription(channel, OnSwitched, static _ => Task.CompletedTask, _context.Guard);
        subscription.Resumed += OnResumed;
        channel.Add(subscription);
        _link.Add(channel);
    }

    public Task StopAsync() => _link.StopAsync();

    // mymaster 127.0.0.1 6379 127.0.0.1 6380: the old one, and the new one.
    private void OnSwitched(RedisMessage message)
    {
        if (Encoding.UTF8.GetString(message.Payload.Span).Split(' ') is not [var name, _, _, var host, var port]
            || name != _master
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return;
        }

        if (_link.EndPoint is { } sentinel)
        {
            // The others may not know it yet.
            _source.Prefer(sentinel);
        }

        _onSwitched(new DnsEndPoint(host, number));
    }

    /// <summary>The news may have come while nobody listened. A failure is not told: the next news, or the master itself, will show.</summary>
    private void OnResumed() => _context.Guard.Run("SentinelWatch.OnResumed", this, static watch => Task.Run(watch.AskAsync));

    private async Task AskAsync()
    {
        try
        {
            _onSwitched(await _source.FindAsync(CancellationToken.None));
        }
        catch (ConnectFailedException exception)
        {
            _context.Failures.OnFailed(exception);
        }
    }
}
