using Salon.Timing;

namespace Salon.App.Streaming;

/// <summary>
/// Lets one task wait for the news of a feed: it resets this, takes what is there, and waits for the next. As a deadline, it is the end of the
/// wait. <see cref="Stop"/> may come from any thread.
/// </summary>
internal sealed class FeedWaiter : Deadline, IFeedReader
{
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    /// <summary>Whether there is nothing more to wait for.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes with the first news since <see cref="Reset"/>, or when it is over.</summary>
    public Task News => _news.Task;

    /// <summary>Forgets the news that have come so far: what they told of can be taken now.</summary>
    public void Reset()
    {
        if (_news.Task.IsCompleted && !_isOver)
        {
            // With a barrier: a stop sees the new one, or is seen here.
            Interlocked.Exchange(ref _news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

            if (_isOver)
            {
                // Stopped in between: the one that is waited for must know.
                _news.TrySetResult();
            }
        }
    }

    public void OnNews() => Volatile.Read(ref _news).TrySetResult();

    public void OnEnd() => Stop();

    public void Stop()
    {
        _isOver = true;
        Interlocked.MemoryBarrier();
        OnNews();
    }

    protected internal override void OnDue() => Stop();
}
