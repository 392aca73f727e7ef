using Microsoft.Extensions.Logging;
using Salon.Redis.Subscriptions;
using Salon.Supervision;

namespace Salon.Redis;

/// <summary>
/// A subscription, until it is disposed. It survives the loss of the connection, but not what is published meanwhile: see
/// <see cref="Resumed"/>. Thread-safe.
/// </summary>
public sealed partial class RedisSubscription : IAsyncDisposable
{
    private readonly Func<RedisSubscription, Task> _onDisposed;
    private readonly Action<RedisMessage> _onMessage;
    private readonly Guard _guard;
    private readonly TaskCompletionSource<RedisException> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDisposed;

    internal RedisSubscription(SubscribedChannel channel, Action<RedisMessage> onMessage, Func<RedisSubscription, Task> onDisposed, Guard guard) =>
        (Channel, _onMessage, _onDisposed, _guard) = (channel, onMessage, onDisposed, guard);

    /// <summary>
    /// Raised when the subscription is active again after the connection was lost: messages may be missing. On the thread that reads, before
    /// the first message that follows. An exception is logged and changes nothing.
    /// </summary>
    public event Action? Resumed;

    /// <summary>Whether messages arrive at this moment.</summary>
    public bool IsActive => Volatile.Read(ref _isDisposed) == 0 && Channel.IsActive;

    /// <summary>
    /// Completes when the server refuses the subscription after it was active, because its rules have changed: nothing comes any more, and it is
    /// to be disposed.
    /// </summary>
    public Task<RedisException> Refused => _refused.Task;

    internal SubscribedChannel Channel { get; }

    /// <summary>Whether it was active at some time. Guarded by the lock of the channel.</summary>
    internal bool HasBeenActive { get; set; }

    /// <summary>
    /// Ends the subscription: the handler is not called again, but may be in the middle of a call. Completes when the server knows, or is away.
    /// </summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _isDisposed, 1) == 0 ? new ValueTask(_onDisposed(this)) : default;

    internal void Deliver(in RedisMessage message)
    {
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            return;
        }

        try
        {
            _onMessage(message);
        }
        catch (Exception exception)
        {
            _guard.Fail("RedisSubscription.OnMessage", exception, Channel.Name, Log.HandlerFailed);
        }
    }

    internal void OnRefused(RedisException refusal) => _refused.TrySetResult(refusal);

    internal void RaiseResumed() => _guard.Raise("RedisSubscription.Resumed", Resumed);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A handler of the subscription to {Channel} failed.", EventName = nameof(HandlerFailed))]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string channel);
    }
}
