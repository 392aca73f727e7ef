using Microsoft.Extensions.Logging;

namespace Salon.EngineIO.EventLoops;

/// <summary>The loops of one host, one for each processor, from its first address to its end. Thread-safe.</summary>
internal sealed class EventLoopGroup : IDisposable
{
    private readonly LoopWatchdog _watchdog;
    private readonly EventLoop[] _loops = new EventLoop[Environment.ProcessorCount];
    private int _next;

    public EventLoopGroup(ILogger logger)
    {
        _watchdog = new LoopWatchdog(logger);

        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new EventLoop(_watchdog, logger);
        }

        foreach (var loop in _loops)
        {
            loop.Start();
        }

        _watchdog.Start(_loops);
    }

    /// <summary>The loops in turn.</summary>
    public EventLoop Next() => _loops[(uint)Interlocked.Increment(ref _next) % _loops.Length];

    /// <summary>Watches whether a listener has to pause.</summary>
    public void Watch(LoopListener listener) => _watchdog.Add(listener);

    public void Forget(LoopListener listener) => _watchdog.Remove(listener);

    /// <summary>A listener pauses.</summary>
    public void OnPause() => _watchdog.OnPause();

    /// <summary>Ends all connections and threads.</summary>
    public void Dispose()
    {
        _watchdog.End();

        foreach (var loop in _loops)
        {
            loop.End();
        }
    }
}
