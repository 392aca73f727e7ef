using System.Collections.Concurrent;
using System.Security.Cryptography;
using Salon.App.Hosting;
using Salon.App.Lab.Traffic;

namespace Salon.App.Lab;

/// <summary>All runs. One clock for all makes their messages, as long as there are any. Thread-safe.</summary>
internal sealed class LabRuns(TrackedConnections connections, TimeProvider time, AppSettings settings) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, LabRun> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _begun = new(0);

    public int Count => _runs.Count;

    /// <summary>Begins a run.</summary>
    /// <exception cref="LabException">There are too many.</exception>
    public LabRun Begin(LabSettings runSettings, bool isVirtual = false)
    {
        if (!isVirtual && _runs.Count >= LabLimits.Runs)
        {
            throw LabException.TooManyRuns;
        }

        var run = new LabRun(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), runSettings, connections, time, isVirtual);
        _runs[run.Id] = run;
        _begun.Release();
        return run;
    }

    /// <summary>Finds a run, and notes that somebody asked for it.</summary>
    /// <exception cref="LabException">There is none, or it is asked for too often.</exception>
    public LabRun Find(string? id)
    {
        if (id is null || !_runs.TryGetValue(id, out var run))
        {
            throw LabException.UnknownRun(settings.Redis is not null);
        }

        run.Ask();
        return run;
    }

    /// <summary>Ends a run, and every connection to it.</summary>
    public void End(LabRun run)
    {
        if (_runs.TryRemove(run.Id, out _))
        {
            run.Interrupt(LabPhase.Cut, TimeSpan.MaxValue);
        }
    }

    /// <summary>Ends all, so that the server need not wait for their requests.</summary>
    public void EndAll()
    {
        foreach (var run in _runs.Values)
        {
            End(run);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);

        try
        {
            while (true)
            {
                // Without runs the clock stands still.
                while (_runs.IsEmpty)
                {
                    await _begun.WaitAsync(stoppingToken);
                }

                await timer.WaitForNextTickAsync(stoppingToken);

                foreach (var run in _runs.Values)
                {
                    Advance(run);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The app stops.
        }
    }

    private void Advance(LabRun run)
    {
        if (run.IsOver)
        {
            End(run);
        }
        else
        {
            run.Advance();
        }
    }
}
