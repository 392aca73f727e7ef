using System.Collections.Concurrent;
using System.Security.Cryptography;
using Salon.App.Hosting;
using Salon.App.Hosting.Budgets;
using Salon.App.Lab.Traffic;
using Salon.Http;

namespace Salon.App.Lab;

/// <summary>All runs. One clock for all makes their messages, as long as there are any. Thread-safe.</summary>
internal sealed class LabRuns(TrackedConnections connections, TimeProvider time, AppSettings settings) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, LabRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<LabRun, ClientAddress> _owners = new();
    private readonly AddressDoor _door = new(LabLimits.RunsPerAddress, LabLimits.Runs, LabLimits.AddressRuns, time);
    private readonly SemaphoreSlim _begun = new(0);

    public int Count => _runs.Count;

    /// <summary>Begins a run of somebody.</summary>
    /// <exception cref="LabException">There are too many, or their address has too many.</exception>
    public LabRun Begin(LabSettings runSettings, ClientAddress owner)
    {
        switch (_door.TryEnter(owner, out var retryAfter))
        {
            case DoorVerdict.TooManyOfAddress:
                throw LabException.RateLimited(retryAfter);

            case DoorVerdict.Full:
                throw LabException.TooManyRuns;
        }

        var run = Begin(runSettings, isVirtual: false);
        _owners[run] = owner;
        return run;
    }

    /// <summary>Begins a run for the lab's own clients.</summary>
    public LabRun BeginVirtual(LabSettings runSettings) => Begin(runSettings, isVirtual: true);

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

    /// <summary>Whether a run's clients are the lab's own.</summary>
    public bool IsVirtual(string? id) => id is not null && _runs.TryGetValue(id, out var run) && run.IsVirtual;

    /// <summary>Ends a run, and every connection to it.</summary>
    public void End(LabRun run)
    {
        if (_runs.TryRemove(run.Id, out _))
        {
            if (_owners.TryRemove(run, out var owner))
            {
                _door.Leave(owner);
            }

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

    private LabRun Begin(LabSettings runSettings, bool isVirtual)
    {
        var run = new LabRun(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)), runSettings, connections, time, isVirtual);
        _runs[run.Id] = run;
        _begun.Release();
        return run;
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
