using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Recovery;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.SocketIO.Clustering;

/// <summary>
/// Does in one namespace what other servers ask for. Sockets are told at once and in order; what calls handlers of the program is done by
/// a task of its own, so that the bus does not wait for them. Messages come from one thread at a time.
/// </summary>
internal sealed partial class ClusterReceiver : IDisposable
{
    // Handlers are started one after the other; whoever sends more than this meanwhile is not heard, which is said.
    private const int MaxWaiting = 10_000;

    private readonly Namespace _owner;
    private readonly LocalAdapter _local;
    private readonly Action<string, ClusterMessage> _respond;
    private readonly Guard _guard;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<ClusterMessage> _calls;
    private readonly OnceAMinute _telling;

    /// <param name="owner">The namespace.</param>
    /// <param name="local">Its sockets here.</param>
    /// <param name="respond">Sends an answer to a server.</param>
    /// <param name="guard">Keeps the calling going.</param>
    public ClusterReceiver(Namespace owner, LocalAdapter local, Action<string, ClusterMessage> respond, Guard guard)
    {
        (_owner, _local, _respond, _guard) = (owner, local, respond, guard);
        _telling = new OnceAMinute(owner.Server.Time);
        _calls = Channel.CreateBounded<ClusterMessage>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            OnDropped);
        guard.Forget("ClusterReceiver", guard.KeepRunningAsync("ClusterReceiver", CallHandlersAsync, owner.Server.Time, _end.Token));
    }

    public void OnMessage(ClusterMessage message)
    {
        switch (message.Type)
        {
            case ClusterMessageType.Broadcast when message.RequestId is null:
                // It is not to go into the shared log once more.
                var options = _owner.Recovery is { IsShared: true } ? message.Options with { IsLocal = true } : message.Options;
                Finish(_local.BroadcastAsync(ClusterPackets.CreateSafe(_owner, message), options), message);
                break;

            case ClusterMessageType.Broadcast:
                Finish(new ValueTask(AskClientsAsync(message)), message);
                break;

            case ClusterMessageType.SocketsJoin:
                Finish(_local.JoinSocketsAsync(message.Options, message.Rooms), message);
                break;

            case ClusterMessageType.SocketsLeave:
                Finish(_local.LeaveSocketsAsync(message.Options, message.Rooms), message);
                break;

            case ClusterMessageType.FetchSockets:
                Respond(message, new ClusterMessage(ClusterMessageType.FetchSocketsResponse)
                {
                    Sockets = [.. _local.GetSockets(message.Options).Select(RemoteSocketWriter.Describe)],
                });
                break;

            case ClusterMessageType.DisconnectSockets or ClusterMessageType.ServerSideEmit:
                _calls.Writer.TryWrite(message);
                break;
        }
    }

    /// <summary>An event was read in the shared log.</summary>
    public void OnEvent(EventPlace place, ClusterMessage message) =>
        _local.Deliver(place, ClusterPackets.CreateSafe(_owner, message), message.Options);

    public void Dispose() => _calls.Writer.TryComplete();

    private void Finish(ValueTask work, ClusterMessage message)
    {
        if (work.IsCompletedSuccessfully)
        {
            work.GetAwaiter().GetResult();
        }
        else
        {
            _guard.Forget("ClusterReceiver.OnMessage", FinishAsync(work, message));
        }
    }

    private async Task FinishAsync(ValueTask work, ClusterMessage message)
    {
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            Log.CallFailed(_owner.Server.Logger, exception, message.Type, _owner.Name);
        }
    }

    private async Task AskClientsAsync(ClusterMessage message)
    {
        var timeout = message.Options.Timeout ?? _owner.Server.Options.BroadcastAckTimeout;

        await _local.BroadcastWithAckAsync(
            ClusterPackets.CreateSafe(_owner, message, _owner.NextAckId()),
            message.Options,
            timeout,
            count => Respond(message, new ClusterMessage(ClusterMessageType.BroadcastClientCount) { ClientCount = count }),
            answer => Respond(message, new ClusterMessage(ClusterMessageType.BroadcastAck) { Answer = answer }));
    }

    private async Task CallHandlersAsync(CancellationToken stopping)
    {
        await foreach (var message in _calls.Reader.ReadAllAsync(stopping))
        {
            // Not awaited: a handler that takes its time is not waited for by the next.
            Finish(new ValueTask(CallAsync(message)), message);
        }

        // The channel is complete, and nothing comes any more.
        await _end.CancelAsync();
    }

    private async Task CallAsync(ClusterMessage message)
    {
        if (message.Type == ClusterMessageType.DisconnectSockets)
        {
            await _local.DisconnectSocketsAsync(message.Options, message.Close);
            return;
        }

        var (name, arguments) = ClusterPackets.Create(_owner, message).ReadEvent(_owner.Server.Codec);

        if (await _owner.Servers.ReceiveAsync(name, arguments) is { } answer && message.RequestId is not null)
        {
            Respond(message, new ClusterMessage(ClusterMessageType.ServerSideEmitResponse) { Answer = answer });
        }
    }

    private void OnDropped(ClusterMessage message)
    {
        if (_telling.TryTake())
        {
            Log.Dropped(_owner.Server.Logger, message.Type, _owner.Name, MaxWaiting);
        }
    }

    private void Respond(ClusterMessage request, ClusterMessage response) => _respond(request.Sender, response with { RequestId = request.RequestId });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What another server asked for ({Type}) failed in the namespace {Namespace}.", EventName = nameof(CallFailed))]
        public static partial void CallFailed(ILogger logger, Exception exception, ClusterMessageType type, string @namespace);

        [LoggerMessage(2, LogLevel.Warning, "What another server asked for ({Type}) was dropped in the namespace {Namespace}, where {Count} wait already. For a minute, it will not be said again.", EventName = nameof(Dropped))]
        public static partial void Dropped(ILogger logger, ClusterMessageType type, string @namespace, int count);
    }
}
