using System.Collections.Concurrent;
using System.Diagnostics;

namespace Salon.App.Storage.Sqlite;

/// <summary>
/// Threads of their own for a library whose calls keep their thread until the disk has answered: so that those who serve connections never
/// wait for it. Bounded; what finds no place fails at once. Thread-safe.
/// </summary>
internal sealed class SqliteWorkers : IDisposable
{
    private readonly BlockingCollection<(Action Call, long Since)> _work;
    private readonly Thread[] _threads;
    private long _waitedSince = Stopwatch.GetTimestamp();
    private long _lastWait;
    private int _isDisposed;

    /// <param name="name">What the threads are called.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="capacity">How many calls may wait.</param>
    public SqliteWorkers(string name, int count, int capacity)
    {
        _work = new BlockingCollection<(Action Call, long Since)>(capacity);
        _threads = [.. Enumerable.Range(0, count).Select(_ => new Thread(Run) { IsBackground = true, Name = name })];

        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>How long calls wait before they are begun; nothing when none waits.</summary>
    public TimeSpan Lateness => Volatile.Read(ref _isDisposed) != 0 || _work.Count == 0
        ? TimeSpan.Zero
        : new TimeSpan(Math.Max(Volatile.Read(ref _lastWait), Stopwatch.GetElapsedTime(Volatile.Read(ref _waitedSince)).Ticks));

    /// <summary>Calls something on one of the threads.</summary>
    /// <param name="call">What.</param>
    /// <param name="goOnHere">Whether what waits for the result goes on at this thread, which it must not keep, and not elsewhere.</param>
    /// <exception cref="StorageException">Too many calls are waiting already, or the app is stopping.</exception>
    public Task<T> RunAsync<T>(Func<T> call, bool goOnHere = false)
    {
        var done = new TaskCompletionSource<T>(goOnHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

        return TryAdd(() => Complete(done, call)) ? done.Task : throw new StorageException("SQLite has too much to do, or the app stops.");
    }

    /// <remarks>The container disposes of whatever it knows under two names twice.</remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _work.CompleteAdding();

        // What was taken is done.
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
    }

    private bool TryAdd(Action action)
    {
        try
        {
            return _work.TryAdd((action, Stopwatch.GetTimestamp()));
        }
        catch (InvalidOperationException)
        {
            // Nothing more is taken: the app stops. (A collection that is disposed of says the same.)
            return false;
        }
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> call)
    {
        try
        {
            done.SetResult(call());
        }
        catch (Exception exception)
        {
            // Whoever asked is told; the thread serves the next.
            done.SetException(exception);
        }
    }

    private void Run()
    {
        foreach (var (call, since) in _work.GetConsumingEnumerable())
        {
            Volatile.Write(ref _lastWait, Stopwatch.GetElapsedTime(since).Ticks);
            Volatile.Write(ref _waitedSince, Stopwatch.GetTimestamp());
            call();
        }
    }
}
