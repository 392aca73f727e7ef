using System.Diagnostics;
using System.Diagnostics.Metrics;
// By name, since the app has the whole namespace already, and the libraries have not.
using ILogger = Microsoft.Extensions.Logging.ILogger;
using LoggerMessageAttribute = Microsoft.Extensions.Logging.LoggerMessageAttribute;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Salon.Supervision;

/// <summary>
/// The one way in which code of an application is called, and in which a task runs that nobody awaits. What fails is logged, counted, and
/// ends here: no method of this class throws, so no timer, loop or other connection ever meets the exception. Thread-safe; a call that does
/// not fail allocates nothing, as long as the lambdas are static.
/// </summary>
/// <param name="logger">Where failures are told, as errors.</param>
/// <param name="failures">Where they are counted, if anywhere.</param>
internal sealed partial class Guard(ILogger logger, Counter<long>? failures = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Calls something that answers nothing.</summary>
    /// <param name="what">What is called, for the log and the counter: a constant such as <c>IEngineHandler.OnClose</c>.</param>
    /// <param name="state">What the call needs.</param>
    /// <param name="call">The call.</param>
    /// <returns>Whether it came back without an exception.</returns>
    public bool Call<T>(string what, T state, Action<T> call)
    {
        try
        {
            call(state);
            return true;
        }
        catch (Exception exception)
        {
            Fail(what, exception);
            return false;
        }
    }

    /// <summary>Asks something at once.</summary>
    /// <param name="what">What is asked.</param>
    /// <param name="state">What the question needs.</param>
    /// <param name="ask">The question.</param>
    /// <param name="otherwise">The answer when asking fails.</param>
    public TResult Ask<T, TResult>(string what, T state, Func<T, TResult> ask, TResult otherwise)
    {
        try
        {
            return ask(state);
        }
        catch (Exception exception)
        {
            Fail(what, exception);
            return otherwise;
        }
    }

    /// <summary>Asks something that may take a while.</summary>
    /// <inheritdoc cref="Ask{T, TResult}" path="/param"/>
    public async ValueTask<TResult> AskAsync<T, TResult>(string what, T state, Func<T, ValueTask<TResult>> ask, TResult otherwise)
    {
        try
        {
            return await ask(state);
        }
        catch (Exception exception)
        {
            Fail(what, exception);
            return otherwise;
        }
    }

    /// <summary>Does something that may take a while.</summary>
    /// <returns>Whether it was done without an exception. The task never fails.</returns>
    public async ValueTask<bool> CallAsync<T>(string what, T state, Func<T, ValueTask> call)
    {
        try
        {
            await call(state);
            return true;
        }
        catch (Exception exception)
        {
            Fail(what, exception);
            return false;
        }
    }

    /// <summary>Starts something that nobody waits for. It runs on this thread until it first has to wait.</summary>
    public void Run<T>(string what, T state, Func<T, Task> work)
    {
        Task task;

        try
        {
            task = work(state);
        }
        catch (Exception exception)
        {
            Fail(what, exception);
            return;
        }

        Forget(what, task);
    }

    /// <summary>Lets go of a task: its failure, if it has one, is told here.</summary>
    public void Forget(string what, Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(what, task);
        }
    }

    /// <summary>
    /// Lets go of a task whose method has its own <c>try</c> around everything, and hands what it catches to <see cref="Fail"/>. For the path
    /// of packets alone, where watching it would cost an allocation for each: elsewhere it is <see cref="Forget(string, Task)"/>.
    /// </summary>
    public static void Trust(Task task) => Debug.Assert(!task.IsFaulted, "A trusted task failed.");

    /// <inheritdoc cref="Forget(string, Task)"/>
    public void Forget(string what, ValueTask task)
    {
        if (task.IsCompletedSuccessfully)
        {
            // A pooled source takes itself back when its result was asked for. One that somebody else wrote may throw even here.
            Call(what, task, static done => done.GetAwaiter().GetResult());
        }
        else
        {
            _ = ObserveAsync(what, task.AsTask());
        }
    }

    /// <summary>
    /// Keeps something running until it is told to stop: when it ends or fails although nobody asked for it, that is said, and it is started
    /// again after a pause that doubles from a tenth of a second to ten seconds. Each item of such a loop is handled through
    /// <see cref="CallAsync"/>, so that one of them does not even interrupt it.
    /// </summary>
    /// <returns>A task that ends when <paramref name="stopping"/> says so, and never fails.</returns>
    public async Task KeepRunningAsync(string what, Func<CancellationToken, Task> loop, TimeProvider timeProvider, CancellationToken stopping)
    {
        var pause = FirstPause;

        while (!stopping.IsCancellationRequested)
        {
            var since = timeProvider.GetTimestamp();

            try
            {
                await loop(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Fail(what, exception);
            }

            if (stopping.IsCancellationRequested)
            {
                return;
            }

            // What ran for a while before it ended is not in a circle of failures.
            pause = timeProvider.GetElapsedTime(since) > LongestPause ? FirstPause : pause;
            Tell(() => Log.Restarting(logger, what, pause));

            try
            {
                await Task.Delay(pause, timeProvider, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>
    /// Tells and counts a failure that was caught in place, where a lambda would cost an allocation or another answer is due. Never throws:
    /// loggers and listeners of meters are the application's too.
    /// </summary>
    /// <param name="what">What was called, as for the other methods.</param>
    /// <param name="exception">What it threw.</param>
    public void Fail(string what, Exception exception)
    {
        Count(what);
        Tell(() => Log.Failed(logger, exception, what));
    }

    /// <summary>Counts a failure that was caught in place, and tells it in words of its own. Never throws either.</summary>
    /// <param name="what">What was called.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="state">What the words name.</param>
    /// <param name="tell">The line of the log.</param>
    public void Fail<T>(string what, Exception exception, T state, Action<ILogger, Exception, T> tell)
    {
        Count(what);
        Tell(() => tell(logger, exception, state));
    }

    private async Task ObserveAsync(string what, Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception)
        {
            Fail(what, exception);
        }
    }

    private void Tell(Action log)
    {
        try
        {
            log();
        }
        catch (Exception exception)
        {
            // There is nobody left to tell, but it can be seen that something failed.
            Debug.WriteLine(exception);
            Count(nameof(ILogger));
        }
    }

    private void Count(string what)
    {
        try
        {
            failures?.Add(1, new KeyValuePair<string, object?>("call", what));
        }
        catch (Exception exception)
        {
            // Whoever listens to the meter failed, and is asked again at the next failure. The log still tells of this one.
            Debug.WriteLine(exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{What} failed.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception, string what);

        [LoggerMessage(2, LogLevel.Warning, "{What} ended; it starts again in {Pause}.", EventName = nameof(Restarting))]
        public static partial void Restarting(ILogger logger, string what, TimeSpan pause);
    }
}
