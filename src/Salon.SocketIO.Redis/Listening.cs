using Salon.Redis;

namespace Salon.SocketIO.Redis;

/// <summary>
/// One subscription, from the wish for it to its end, whatever Redis does meanwhile: while it refuses, it is asked again. Thread-safe.
/// </summary>
internal sealed class Listening : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RedisRefusals _refusals;
    private readonly string _what;
    private readonly TimeProvider _time;
    private readonly Task _listening;

    public Listening(RedisClient client, string channel, ListeningKind kind, Action<RedisMessage> onMessage, RedisRefusals refusals, TimeProvider time)
    {
        (_refusals, _time) = (refusals, time);
        _what = $"listen to {ChannelName.KindOf(channel)}";
        _listening = ListenAsync(client, channel, kind, onMessage);
    }

    /// <summary>Completes when Redis has confirmed it, has refused it for the first time, or it was given up.</summary>
    public Task Started => _started.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _listening;
    }

    // It ends with its owner, and never fails.
    private async Task ListenAsync(RedisClient client, string channel, ListeningKind kind, Action<RedisMessage> onMessage)
    {
        var pause = FirstPause;

        try
        {
            while (true)
            {
                try
                {
                    await using var subscription = await SubscribeAsync(client, channel, kind, onMessage);
                    _refusals.OnTaken(_what);
                    _started.TrySetResult();
                    pause = FirstPause;
                    OnRefused(await subscription.Refused.WaitAsync(_end.Token));
                }
                catch (RedisException exception)
                {
                    OnRefused(exception);
                }

                _started.TrySetResult();
                await Task.Delay(pause, _time, _end.Token);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            _started.TrySetResult();
        }
    }

    private Task<RedisSubscription> SubscribeAsync(RedisClient client, string channel, ListeningKind kind, Action<RedisMessage> onMessage) => kind switch
    {
        ListeningKind.Pattern => client.SubscribePatternAsync(channel, onMessage, _end.Token),
        ListeningKind.Sharded => client.SubscribeShardedAsync(channel, onMessage, _end.Token),
        _ => client.SubscribeAsync(channel, onMessage, _end.Token),
    };

    private void OnRefused(RedisException exception)
    {
        // Not because Redis is away, which is waited out: because it does not want to.
        if (exception is RedisServerException refusal)
        {
            _refusals.OnRefused(_what, "What other servers publish there is not heard here", refusal);
        }
    }
}
