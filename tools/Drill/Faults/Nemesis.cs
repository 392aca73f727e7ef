using System.Diagnostics;
using Salon.Drills.Cluster;

namespace Salon.Drills.Faults;

/// <summary>
/// Lets things go wrong at random times: each kind once before any comes again, several at a time, the same ones for the same seed. Used by
/// one task.
/// </summary>
internal sealed class Nemesis(DrillCluster cluster, DrillOptions options, Action<string> say)
{
    private readonly Random _random = new(options.Seed);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, Task> _running = [];
    private readonly Queue<FaultKind> _next = new();

    /// <summary>What went wrong, in order.</summary>
    public List<Fault> Faults { get; } = [];

    /// <summary>Goes on until the end, or until there was enough, and then puts everything right.</summary>
    public async Task RunAsync(CancellationToken end)
    {
        try
        {
            while (options.Faults.Count > 0 && !(Faults.Count >= options.Rounds * options.Faults.Count))
            {
                await Task.Delay(options.FaultInterval * (0.5 + _random.NextDouble()), end);
                Begin(Choose(), end);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }

        await Task.WhenAll(_running.Values);
    }

    private Fault Choose()
    {
        if (_next.Count == 0)
        {
            var kinds = options.Faults.ToArray();
            _random.Shuffle(kinds);
            Array.ForEach(kinds, _next.Enqueue);
        }

        var node = cluster.Nodes[_random.Next(cluster.Nodes.Count)];
        var duration = options.FaultInterval * (0.3 + (1.5 * _random.NextDouble()));
        return new Fault(_next.Dequeue(), node, duration, _random.NextDouble());
    }

    private void Begin(Fault fault, CancellationToken end)
    {
        if (_running.TryGetValue(fault.Target, out var running) && !running.IsCompleted)
        {
            // Later, then.
            _next.Enqueue(fault.Kind);
            return;
        }

        say($"{_clock.Elapsed.TotalSeconds,6:F1} s  {fault.Kind} at {fault.Target} for {fault.Duration.TotalSeconds:F1} s");
        Faults.Add(fault);
        _running[fault.Target] = fault.RunAsync(cluster, end);
    }
}
