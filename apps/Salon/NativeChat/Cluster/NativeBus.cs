using System.Collections.Concurrent;
using System.Threading.Channels;
using Salon.App.Hosting;
using Salon.Redis;
using Salon.Supervision;

namespace Salon.App.NativeChat.Cluster;

/// <summary>
/// Makes one room of those of all nodes: what happens here is published on a channel of Redis in the order in which it happens, and what the
/// others publish there happens here. Redis may lose some of it: each node says every few seconds who is there, and a node that was not
/// heard for a while asks for what it missed. One that is silent is taken to be gone.
/// </summary>
internal sealed partial class NativeBus : BackgroundService
{
    public const string ChannelName = "salon:native-chat";

    // Whoever says more names has made them up.
    private const int MaxNodes = 1_000;
    private const int MaxQueued = 1_000;
    private const int MaxPayload = 4 * 1024 * 1024;

    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly RedisChannels _channels;
    private readonly Guard _guard;
    private readonly NativeRoom _room;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);
    private readonly Channel<BusMessage> _outgoing = Channel.CreateBounded<BusMessage>(new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public NativeBus(RedisChannels channels, NativeRoom room, TimeProvider time, ILogger<NativeBus> logger)
    {
        (_channels, _room, _time, _logger) = (channels, room, time, logger);
        _guard = new Guard(logger);
        _room.Happened += Queue;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _room.Happened -= Queue;
        await base.StopAsync(cancellationToken);
        await PublishAsync(new GoneMessage(_room.Self));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        _guard.KeepRunningAsync("NativeBus.Listen", stopping => _channels.ListenAsync(ChannelName, OnPayload, Meet, stopping), _time, stoppingToken),
        _guard.KeepRunningAsync("NativeBus.Send", SendAsync, _time, stoppingToken),
        _guard.KeepRunningAsync("NativeBus.Tell", TellAsync, _time, stoppingToken));

    private void Queue(BusMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>This node can hear, perhaps again: what was lost meanwhile is asked for, and told.</summary>
    private void Meet()
    {
        Queue(new AskMessage(_room.Self));
        _room.TellState(withHistory: true);
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(stoppingToken))
        {
            await _guard.CallAsync("NativeBus.Publish", (Owner: this, message), static state => state.Owner.PublishAsync(state.message));
        }
    }

    private async Task TellAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(StateInterval, _time);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            _guard.Call("NativeBus.TellState", _room, static room => room.TellState(withHistory: false));

            foreach (var (node, at) in _heard)
            {
                if (_time.GetElapsedTime(at) > Silence && _heard.TryRemove(node, out _))
                {
                    _room.OnElsewhere(new GoneMessage(node));
                }
            }
        }
    }

    private void OnPayload(RedisMessage payload)
    {
        if (payload.Payload.Length > MaxPayload || !BusMessage.TryParse(payload.Payload.Span, out var message))
        {
            Log.Refused(_logger);
            return;
        }

        if (message.Node == _room.Self)
        {
            return;
        }

        if (message is AskMessage)
        {
            _room.TellState(withHistory: true);
        }

        if (message is GoneMessage)
        {
            _heard.TryRemove(message.Node, out _);
        }
        else if (_heard.Count < MaxNodes || _heard.ContainsKey(message.Node))
        {
            _heard[message.Node] = _time.GetTimestamp();
        }

        if (_heard.ContainsKey(message.Node) || message is GoneMessage)
        {
            _room.OnElsewhere(message);
        }
    }

    private ValueTask PublishAsync(BusMessage message) => new(_channels.PublishAsync(ChannelName, message.Encode()));

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Debug, "What was published for the nodes of the native chat is none of what they tell each other.", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger);
    }
}
