using System.Net;
using System.Threading.Tasks.Sources;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;

namespace Salon.Redis.Requests;

/// <summary>
/// A command that somebody waits for, and the result itself. The first of answer, loss, timeout and cancellation decides; what
/// comes later is ignored, but an answer is taken from the connection nevertheless.
/// </summary>
internal sealed class CommandRequest : Request, IValueTaskSource<RedisReply>
{
    private readonly RedisMetrics _metrics;
    private readonly int _replies;
    private readonly long _startedAt;
    private ManualResetValueTaskSourceCore<RedisReply> _result = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private string? _firstError;
    private int _isDone;

    /// <param name="name">The name of the command.</param>
    /// <param name="frame">What is sent.</param>
    /// <param name="replies">How many answers come; the last is the result.</param>
    /// <param name="metrics">Where it is counted.</param>
    /// <param name="startedAt">When, in ticks of the clock.</param>
    /// <param name="timeout">How long it may take, in the same.</param>
    public CommandRequest(string name, byte[] frame, int replies, RedisMetrics metrics, long startedAt, long timeout)
        : base(frame, replies)
    {
        Name = name;
        _replies = replies;
        _metrics = metrics;
        _startedAt = startedAt;
        DueAt = timeout == long.MaxValue ? timeout : startedAt + timeout;
    }

    public string Name { get; }

    /// <summary>Who helps when a server of a cluster refuses it.</summary>
    public IRedirector? Redirector { get; init; }

    /// <summary>The slot of its key in a cluster; -1 without one.</summary>
    public int Slot { get; init; } = -1;

    /// <summary>The server of a cluster that it was sent to last.</summary>
    public DnsEndPoint? Target { get; set; }

    /// <summary>How often it was sent elsewhere.</summary>
    public int Redirects { get; set; }

    private bool IsDone => Volatile.Read(ref _isDone) != 0;

    /// <summary>The answer.</summary>
    public ValueTask<RedisReply> Result => new(this, _result.Version);

    /// <summary>Lets the caller give up. To be called before it is queued.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((CommandRequest)state!).Cancel(token), this);
        }
    }

    /// <summary>Joins a queue, or fails at once.</summary>
    public void QueueAt(RequestQueue queue) => new QueuedRequest(this, queue).Settle();

    /// <summary>Too much waits already.</summary>
    public void OnRefused(long maxBytes) => Fail(new RedisBusyException($"{Name} was not sent: more than {maxBytes} bytes wait already."), "busy");

    /// <summary>Gets ready to be sent once more: it was not carried out.</summary>
    /// <param name="isAsking">Whether that one takes it only when asked to, because the slot is on its way there.</param>
    public void Reset(bool isAsking)
    {
        Frame = isAsking ? AskingFrame.Before(Frame) : AskingFrame.Without(Frame);
        RepliesLeft = isAsking ? _replies + 1 : _replies;
        _firstError = null;
    }

    public override void OnReply(RedisReply reply)
    {
        var isError = reply.Kind == RedisReplyKind.Error;

        if (RepliesLeft > 0)
        {
            // The answers before the last say only whether something is wrong.
            _firstError ??= isError ? reply.Text : null;
            return;
        }

        if (!isError)
        {
            Succeed(reply);
            return;
        }

        // EXECABORT says only that there was an error before.
        var error = _firstError ?? reply.Text!;

        if (!IsDone && Redirector?.TryRedirect(this, error) == true)
        {
            return;
        }

        Fail(new RedisServerException(error), "server");
    }

    public override void OnLost(ConnectionEnd end) =>
        Fail(new RedisConnectionException($"{Name} may or may not have been carried out: {end.Description}.", end.Exception), "connection");

    public override void OnDue(bool wasSent, string? obstacle)
    {
        // One that was sent stays among those whose answers will come, and is found again and again.
        if (!IsDone)
        {
            var reason = obstacle is null ? "" : $": {obstacle}";
            Fail(new RedisTimeoutException($"{Name} was not answered in time{reason}.", wasSent), "timeout");
        }
    }

    public override void OnDropped() => Fail(new ObjectDisposedException(nameof(RedisClient)), "disposed");

    /// <summary>Ends it with a failure, unless it has ended.</summary>
    public void Fail(Exception exception, string kind)
    {
        if (TryFinish())
        {
            _metrics.OnFailed(Name, _startedAt, kind);
            _result.SetException(exception);
        }
    }

    RedisReply IValueTaskSource<RedisReply>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<RedisReply>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<RedisReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    private void Succeed(RedisReply reply)
    {
        if (TryFinish())
        {
            _metrics.OnSucceeded(Name, _startedAt);
            _result.SetResult(reply);
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        Fail(new OperationCanceledException(cancellationToken), "cancelled");
        Queue?.Remove(this);
    }

    private bool TryFinish()
    {
        if (Interlocked.Exchange(ref _isDone, 1) != 0)
        {
            return false;
        }

        _cancellation.Unregister();
        return true;
    }
}
