using System.Net;
using Microsoft.Extensions.Logging;
using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Subscriptions;

/// <summary>
/// A connection for subscriptions: made with the first channel, and with all of them again whenever it was lost. The lock protects the channels
/// and the queue; no handler is called under it. Thread-safe.
/// </summary>
internal sealed partial class SubscriptionLink : ILinkUser, IPushReceiver
{
    private readonly Lock _gate = new();
    private readonly ChannelTable _channels = new();
    private readonly ClientContext _context;
    private readonly Action<DnsEndPoint, string>? _onSlotRefused;
    private readonly Link _link;
    private RequestQueue _queue = new(long.MaxValue);
    private bool _isConnected;
    private bool _isStarted;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="source">Which server it is.</param>
    /// <param name="onSlotRefused">Called when a server of a cluster does not have the slot of a channel, with what it says.</param>
    /// <param name="purpose">What it is for, in logs.</param>
    public SubscriptionLink(ClientContext context, IEndPointSource source, Action<DnsEndPoint, string>? onSlotRefused = null, string purpose = "subscriptions")
    {
        _context = context;
        _onSlotRefused = onSlotRefused;
        _link = new Link(context, purpose, source, this);
    }

    IPushReceiver ILinkUser.Pushes => this;

    /// <summary>Where it is connected to.</summary>
    public DnsEndPoint? EndPoint => _link.Connection?.EndPoint;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _channels.IsEmpty;
            }
        }
    }

    /// <summary>Subscribes to a channel, now or as soon as there is a connection.</summary>
    public void Add(SubscribedChannel channel)
    {
        lock (_gate)
        {
            _channels.Add(channel);
            Subscribe(channel);

            if (!_isStarted)
            {
                _isStarted = true;
                _link.Start();
            }
        }
    }

    /// <summary>Ends the subscription to a channel.</summary>
    /// <returns>Completes when the server knows, or the connection is gone.</returns>
    public Task Remove(SubscribedChannel channel)
    {
        channel.Deactivate(this);

        lock (_gate)
        {
            if (!_channels.Remove(channel) || !_isConnected)
            {
                return Task.CompletedTask;
            }

            var request = new SubscribeRequest(channel, channel.Kind.ToUnsubscribe(), null);
            _queue.TryAdd(request, isBounded: false);
            return request.Ended;
        }
    }

    /// <summary>Lets go of a channel whose slot is elsewhere.</summary>
    /// <remarks>
    /// Its server is not told: it ends the subscription itself when it loses the slot. To a request for it, it would answer by an error then,
    /// beside what it says unasked: nobody could tell which of them is the answer, and all that follow would be taken for those of others.
    /// </remarks>
    public void Forget(SubscribedChannel channel)
    {
        lock (_gate)
        {
            _channels.Remove(channel);
        }
    }

    /// <summary>Subscribes again to a channel that is not active, unless that is on its way.</summary>
    public void Renew(SubscribedChannel channel)
    {
        lock (_gate)
        {
            if (_channels.Contains(channel) && channel.Asked is not { Ended.IsCompleted: false })
            {
                Subscribe(channel);
            }
        }
    }

    /// <summary>Ends the connection, which comes back.</summary>
    public void Reconnect(ConnectionEnd reason) => _link.Connection?.Abort(reason);

    public async Task StopAsync()
    {
        await _link.StopAsync();

        foreach (var channel in Channels())
        {
            channel.Refuse(new ObjectDisposedException(nameof(RedisClient)));
        }
    }

    RequestQueue ILinkUser.GetQueue()
    {
        lock (_gate)
        {
            // What was asked for on the connection before is asked for again, by the channels that there are.
            return _queue = new RequestQueue(long.MaxValue);
        }
    }

    void ILinkUser.OnConnected(RedisConnection connection)
    {
        lock (_gate)
        {
            _isConnected = true;

            foreach (var channel in _channels.All)
            {
                Subscribe(channel);
            }
        }
    }

    void ILinkUser.OnDisconnected(ConnectionEnd end)
    {
        List<Request> unsent;

        lock (_gate)
        {
            _isConnected = false;
            unsent = _queue.TakeAll(close: true);
        }

        foreach (var channel in Channels())
        {
            channel.Deactivate(this);
        }

        foreach (var request in unsent)
        {
            request.OnDropped();
        }
    }

    void IPushReceiver.OnMessage(in MessageFrame message) =>
        Deliver(message.Kind, message.Kind == SubscriptionKind.Pattern ? message.Pattern : message.Channel, message.Channel, message.Payload);

    void IPushReceiver.OnPush(RedisConnection connection, RedisReply push)
    {
        switch (push.ItemArray)
        {
            case [{ Text: "message" }, var channel, var payload]:
                Deliver(SubscriptionKind.Channel, channel.Bytes.Span, channel.Bytes.Span, payload.Bytes);
                break;
            case [{ Text: "smessage" }, var channel, var payload]:
                Deliver(SubscriptionKind.Sharded, channel.Bytes.Span, channel.Bytes.Span, payload.Bytes);
                break;
            case [{ Text: "pmessage" }, var pattern, var channel, var payload]:
                Deliver(SubscriptionKind.Pattern, pattern.Bytes.Span, channel.Bytes.Span, payload.Bytes);
                break;
            case [{ Text: { } verb }, { Kind: RedisReplyKind.Bytes } name, { Kind: RedisReplyKind.Number }]:
                OnConfirmed(connection, verb, name.Bytes);
                break;
        }
    }

    private void OnConfirmed(RedisConnection connection, string verb, ReadOnlyMemory<byte> name)
    {
        if (connection.Sent.TryTake(request => request is SubscribeRequest asked && asked.IsMeantBy(verb, name.Span), out var request))
        {
            var asked = (SubscribeRequest)request;

            // One that has left meanwhile is active elsewhere, or nowhere.
            if (!verb.EndsWith("unsubscribe", StringComparison.Ordinal) && Find(asked.Channel.Kind, name.Span) == asked.Channel)
            {
                asked.Channel.Activate(this);
            }

            asked.OnConfirmed();
        }
        else if (verb == "sunsubscribe" && Find(SubscriptionKind.Sharded, name.Span) is { } channel)
        {
            // Nobody asked for it: the slot has moved to another server. This one will say to which.
            channel.Deactivate(this);
            Renew(channel);
        }
    }

    private void OnRefused(SubscribedChannel channel, string error)
    {
        var isAboutSlot = _onSlotRefused is not null && channel.Kind == SubscriptionKind.Sharded && Routing.Redirection.IsAboutSlots(error);

        lock (_gate)
        {
            // One that is elsewhere by now, as all of its slot are after the first refusal, is not refused there. The connection is still
            // there: it is its answer that is being read.
            if (!_channels.Contains(channel) || (!isAboutSlot && !_channels.Remove(channel)))
            {
                return;
            }
        }

        if (isAboutSlot)
        {
            _onSlotRefused!(_link.Connection!.EndPoint, error);
            return;
        }

        Log.Refused(_context.Logger, channel.Kind.ToSubscribe(), error);
        channel.Refuse(new RedisServerException(error));
    }

    private void Deliver(SubscriptionKind kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> channelName, ReadOnlyMemory<byte> payload)
    {
        _context.Metrics.OnMessage();

        // One that is not active belongs to a subscription that has just ended.
        if (Find(kind, name) is { IsActive: true } channel)
        {
            channel.Deliver(channelName, payload);
        }
    }

    private SubscribedChannel? Find(SubscriptionKind kind, ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            return _channels.Find(kind, name);
        }
    }

    private List<SubscribedChannel> Channels()
    {
        lock (_gate)
        {
            return [.. _channels.All];
        }
    }

    // Called under the lock, so that requests for one channel are queued in the order in which they were made.
    private void Subscribe(SubscribedChannel channel)
    {
        if (_isConnected)
        {
            channel.Asked = new SubscribeRequest(channel, channel.Kind.ToSubscribe(), OnRefused);
            _queue.TryAdd(channel.Asked, isBounded: false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis refuses {Verb}: {Error}.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string verb, string error);
    }
}
