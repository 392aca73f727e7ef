using System.Collections.Concurrent;

namespace Salon.SocketIO.Redis.Flask;

/// <summary>What this server has asked clients of other processes on the bus; each waits no longer than its time. Thread-safe.</summary>
internal sealed class FlaskQuestions(TimeProvider time)
{
    // The timers of .NET end at 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(45);

    private readonly ConcurrentDictionary<long, TaskCompletionSource<RawJson>> _waiting = new();
    private long _lastId;

    /// <summary>Asks, and waits.</summary>
    /// <param name="ask">Sends the question, which the answer finds by this number.</param>
    /// <param name="timeout">How long.</param>
    /// <param name="giveUp">Ends the waiting before.</param>
    /// <returns>The first value of the answer; <see langword="null"/> when there was none in time.</returns>
    public async Task<RawJson?> AskAsync(Action<long> ask, TimeSpan timeout, CancellationToken giveUp)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<RawJson>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;

        try
        {
            ask(id);
            return await answer.Task.WaitAsync(timeout < LongestWait ? timeout : LongestWait, time, giveUp);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Takes an answer. One that comes too late, or again, is nobody's.</summary>
    public void OnAnswer(FlaskMessage message)
    {
        if (_waiting.TryGetValue(message.Id, out var answer))
        {
            answer.TrySetResult(message.Arguments is [var first, ..] ? first : new RawJson());
        }
    }
}
