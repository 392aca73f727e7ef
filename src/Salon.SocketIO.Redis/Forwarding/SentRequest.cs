namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>A request that arrived here and is on its way to its session's server. Owned by the <see cref="SentRequests"/>. Thread-safe.</summary>
internal sealed class SentRequest
{
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<ForwardMessage?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heardAt;
    private volatile bool _isTaken;

    public SentRequest(string server, bool isPoll, TimeProvider time)
    {
        (Server, IsPoll, _time) = (server, isPoll, time);
        _heardAt = time.GetTimestamp();
    }

    /// <summary>The owner of the session.</summary>
    public string Server { get; }

    public bool IsPoll { get; }

    /// <summary>Whether the owner has the request.</summary>
    public bool IsTaken => _isTaken;

    /// <summary>Whether the answer, or the news that there is none, has come.</summary>
    public bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>The answer; <see langword="null"/> when there is no such session.</summary>
    public ForwardMessage? Answer => _answer.Task.Result;

    /// <summary>How long nothing has come from the owner.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _heardAt));

    public void OnTaken()
    {
        _isTaken = true;
        Volatile.Write(ref _heardAt, _time.GetTimestamp());
    }

    public void OnAnswer(ForwardMessage? answer) => _answer.TrySetResult(answer);

    /// <summary>Waits for the answer, not longer than this, and not for a client that is gone.</summary>
    public Task WaitAsync(TimeSpan patience, CancellationToken aborted) =>
        ((Task)_answer.Task).WaitAsync(patience, _time, aborted);
}
