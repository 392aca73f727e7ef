using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// A request that arrived at another server and is answered here, by the session that it belongs to. Owned by <see cref="ServedRequests"/>.
/// Thread-safe.
/// <code>
/// where it arrived                      here
///   | Request                             |   again until something comes back; handled once
///   | ----------------------------------> |
///   |                               Taken |   when the answer takes its time, as that of a poll does
///   | &lt;---------------------------------- |
///   |                              Answer |   again until something comes back
///   | &lt;---------------------------------- |
///   | Written, or Gone                    |   what a poll's answer held is lost with Gone, so the session ends, as it does
///   | ----------------------------------> |   without any forwarding
/// </code>
/// </summary>
internal sealed partial class ServedRequest
{
    private readonly ServedRequests _owner;
    private readonly bool _isPoll;
    private readonly CancellationTokenSource _aborted;
    private readonly CancellationTokenSource _released = new();
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpContext? _context;
    private byte[]? _answer;
    private long _heardAt;
    private volatile bool _isReceived;
    private volatile bool _isAnswered;

    public ServedRequest(ServedRequests owner, ForwardMessage request)
    {
        (_owner, Key) = (owner, (request.Sender, request.Id));
        _isPoll = HttpMethods.IsGet(request.Request!.Method);

        // A POST has come whole: whoever sent it may go, and the session does not suffer.
        _aborted = _isPoll ? new CancellationTokenSource(ForwardTimes.Silence, owner.Time) : new CancellationTokenSource();
        _context = ForwardedHttp.ToContext(request, new AnswerStream(this), owner.Services, _aborted.Token);
    }

    public (string Sender, ulong Id) Key { get; }

    public string Sender => Key.Sender;

    /// <summary>Completes when the request is over, however it ended.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Has the session answer, and waits until whoever forwarded the request has done its part.</summary>
    /// <returns>Whether there is such a session.</returns>
    public async Task<bool> RunAsync(Func<HttpContext, CancellationToken, Task<bool>> serve)
    {
        try
        {
            var serving = serve(_context!, _released.Token);

            // Not before: the session has it now.
            _owner.Metrics.OnServed();

            if (!serving.IsCompleted && !_isAnswered)
            {
                Send(ForwardKind.Taken);
            }

            if (!await serving)
            {
                Send(ForwardKind.Unknown);
                return false;
            }

            if (!_isAnswered && !_aborted.IsCancellationRequested)
            {
                // A status and no body.
                await AnswerAsync(default);
            }
        }
        catch (Exception exception)
        {
            // From the app's own code; Kestrel does the same for a request of its own.
            Log.Failed(_owner.Logger, exception);
            _context!.Response.Clear();
            _context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await AnswerAsync(default);
        }
        finally
        {
            // It is remembered for a while, but what it held is not.
            _context = null;
            _aborted.CancelAfter(Timeout.InfiniteTimeSpan);
            _completed.TrySetResult();
        }

        return true;
    }

    /// <summary>Sends the answer. That of a poll is waited for until the client has it.</summary>
    public async Task AnswerAsync(ReadOnlyMemory<byte> body)
    {
        if (_isAnswered)
        {
            return;
        }

        _isAnswered = true;

        if (body.Length > _owner.MaxBytes)
        {
            Log.TooLarge(_owner.Logger, body.Length);
            await _aborted.CancelAsync();
            return;
        }

        try
        {
            await _owner.Budget.AcquireAsync(body.Length, _aborted.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            var answer = ForwardCodec.Encode(ForwardedHttp.ToMessage(_context!.Response, body, _owner.Bus.Self, Key.Id));
            Volatile.Write(ref _answer, answer);
            Volatile.Write(ref _heardAt, _owner.Time.GetTimestamp());
            _owner.Bus.Send(Sender, answer);

            if (_isPoll)
            {
                await WaitUntilWrittenAsync(answer);
            }
        }
        finally
        {
            _owner.Budget.Release(body.Length);
        }
    }

    /// <summary>The request came again, or the question whether it is still being answered.</summary>
    public void OnAsked()
    {
        OnHeard();

        if (Volatile.Read(ref _answer) is { } answer)
        {
            _owner.Bus.Send(Sender, answer);
        }
        else
        {
            Send(_completed.Task.IsCompleted ? ForwardKind.Unknown : ForwardKind.Taken);
        }
    }

    /// <summary>The client is reading the answer.</summary>
    public void OnReceived()
    {
        _isReceived = true;
        OnHeard();
    }

    /// <summary>The client has the answer.</summary>
    public void OnWritten() => _written.TrySetResult();

    /// <summary>The server at which the request arrived is about to end.</summary>
    public void Release() => _released.Cancel();

    /// <summary>The client went away, or the server at which its request arrived.</summary>
    public void Abort()
    {
        if (_isPoll)
        {
            _aborted.Cancel();
        }
    }

    private void OnHeard()
    {
        Volatile.Write(ref _heardAt, _owner.Time.GetTimestamp());

        if (_isPoll && !_completed.Task.IsCompleted)
        {
            _aborted.CancelAfter(ForwardTimes.Silence);
        }
    }

    private void Send(ForwardKind kind) => _owner.Bus.Send(Sender, kind, Key.Id);

    private async Task WaitUntilWrittenAsync(byte[] answer)
    {
        while (true)
        {
            await _written.Task
                .WaitAsync(_isReceived ? ForwardTimes.Ask : ForwardTimes.Retry, _owner.Time, _aborted.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (_written.Task.IsCompleted || _aborted.IsCancellationRequested)
            {
                break;
            }

            if (_owner.Time.GetElapsedTime(Volatile.Read(ref _heardAt)) > (_isReceived ? ForwardTimes.Silence : ForwardTimes.GiveUp))
            {
                await _aborted.CancelAsync();
                break;
            }

            if (!_owner.Bus.IsConnected)
            {
                continue;
            }

            if (_isReceived)
            {
                Send(ForwardKind.AskWritten);
            }
            else
            {
                _owner.Bus.Send(Sender, answer);
            }
        }

        Volatile.Write(ref _answer, null);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request that another server has forwarded failed.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "An answer of {Length} bytes is too large to be forwarded; its session ends.", EventName = nameof(TooLarge))]
        public static partial void TooLarge(ILogger logger, int length);
    }
}
