using System.Diagnostics;
using Salon.Drills.Checks;
using Salon.Drills.Clients;
using Salon.Drills.Cluster;
using Salon.Drills.Faults;
using Salon.Drills.Reporting;

namespace Salon.Drills;

/// <summary>
/// One drill, from an empty cluster to a report:
/// <code>
/// 1. start the servers and the clients
/// 2. clients write, while things go wrong
/// 3. everything is put right; clients go on until all is acknowledged, and all have everything
/// 4. check
/// </code>
/// </summary>
internal sealed class DrillRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DrillOptions _options;
    private readonly Action<string> _say;
    private readonly DrillCluster _cluster;
    private readonly ChatDatabase _database;
    private readonly Measurements _measurements = new();
    private readonly string[] _rooms;
    private readonly DrillClient[] _clients;
    private readonly Stopwatch _clock = new();
    private readonly List<Task> _running = [];

    private DrillRun(DrillOptions options, DrillCluster cluster, ChatDatabase database, Action<string> say)
    {
        (_options, _cluster, _database, _say) = (options, cluster, database, say);
        _rooms = [.. Enumerable.Range(1, options.Rooms).Select(static number => $"drill-{number}")];
        _clients = [.. Enumerable.Range(0, options.Clients).Select(MakeClient)];
        _measurements.Watch([.. _clients.Select(static client => client.Outbox)]);
    }

    private int Acknowledged => _clients.Sum(static client => client.Outbox.Acked);

    public static async Task<DrillReport> RunAsync(DrillOptions options, Action<string> say)
    {
        await using var cluster = await DrillCluster.StartAsync(options);
        await using var database = new ChatDatabase(cluster.Database);
        return await new DrillRun(options, cluster, database, say).RunAsync();
    }

    private async Task<DrillReport> RunAsync()
    {
        // Step 1
        using var end = new CancellationTokenSource();
        _running.AddRange(_clients.Select(client => client.RunAsync(end.Token)));
        await WaitAsync("all clients are in their rooms", static client => client.IsThere);

        // Step 2
        using var calm = new CancellationTokenSource();
        var nemesis = new Nemesis(_cluster, _options, _say);
        var misfortune = nemesis.RunAsync(calm.Token);
        _running.Add(misfortune);
        _clock.Start();
        Array.ForEach(_clients, static client => client.Outbox.Start());
        await WriteAsync(misfortune);

        // Step 3
        await calm.CancelAsync();
        await misfortune;
        var healing = Stopwatch.StartNew();
        _say($"{_clock.Elapsed.TotalSeconds,6:F1} s  everything is put right");
        await WaitAsync("everything is acknowledged", static client => client.Outbox.IsDone);
        var writing = _clock.Elapsed;
        var heads = await _database.ReadHeadsAsync();
        await WaitAsync("every client has everything", client => client.Views.Values.All(view => view.Cursor == heads.GetValueOrDefault(view.Room)));
        var healed = healing.Elapsed;

        // Step 4
        await WaitAsync("all clients are in their rooms", static client => client.IsThere);
        await _cluster.WaitUntilOneAsync();
        var presence = await new PresenceCheck(_cluster, _clients, _rooms).RunAsync();
        await end.CancelAsync();
        await Task.WhenAll(_running);
        return new DrillReport(_options, nemesis.Faults, [.. await CheckAsync(), presence], _measurements, Acknowledged, writing, healed);
    }

    private DrillClient MakeClient(int index)
    {
        var rooms = Enumerable.Range(0, Math.Min(_options.RoomsEach, _options.Rooms)).Select(number => _rooms[(index + number) % _rooms.Length]).ToArray();
        var count = (_options.Messages / _options.Clients) + (index < _options.Messages % _options.Clients ? 1 : 0);
        return new DrillClient(index, _cluster.Nodes, rooms, new Outbox(index, count, rooms, _options.Rate), _measurements, _options.Seed);
    }

    /// <summary>Waits until most is acknowledged, the rest after the last fault, and all went wrong that should.</summary>
    private async Task WriteAsync(Task misfortune)
    {
        var (said, total) = (_clock.Elapsed, _options.Messages);

        while (Acknowledged < total * 0.99 || (_options.Rounds is not null && !misfortune.IsCompleted))
        {
            ThrowIfFailed();
            await Task.Delay(TimeSpan.FromMilliseconds(50));

            if (_clock.Elapsed - said > TimeSpan.FromSeconds(10))
            {
                said = _clock.Elapsed;
                _say($"{said.TotalSeconds,6:F1} s  {Acknowledged:N0} acknowledged, {_measurements.Delivered.Count:N0} delivered");
            }
        }

        _measurements.OnAllSent();
    }

    /// <summary>Waits for all clients; what does not come is for the checks to say.</summary>
    private async Task WaitAsync(string what, Func<DrillClient, bool> condition)
    {
        var patience = Stopwatch.StartNew();

        while (!_clients.All(condition))
        {
            ThrowIfFailed();

            if (patience.Elapsed > Patience)
            {
                _say($"{_clock.Elapsed.TotalSeconds,6:F1} s  still not: {what}: {string.Join(", ", _clients.Where(client => !condition(client)).Select(static client => client.Username))}");
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private async Task<CheckResult[]> CheckAsync()
    {
        var checks = new LogChecks(await _database.ReadAllAsync(), await _database.ReadHeadsAsync());

        return
        [
            checks.Acknowledged([.. _clients.SelectMany(static client => client.Outbox.Messages.Select(message => (client.Username, message)))]),
            checks.Numbers(),
            checks.Views([.. _clients.SelectMany(static client => client.Views.Values.Select(view => (client.Username, view)))]),
            LogChecks.Pushed([.. _clients.SelectMany(static client => client.Memberships)]),
        ];
    }

    private void ThrowIfFailed() => _running.Find(static task => task.IsFaulted)?.GetAwaiter().GetResult();
}
