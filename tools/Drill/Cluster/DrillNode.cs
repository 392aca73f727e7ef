using System.Text.Json;
using Salon.Drills.Network;
using Salon.Tests;

namespace Salon.Drills.Cluster;

/// <summary>One process of the app, with the network before and behind it. It may be killed and started again.</summary>
internal sealed class DrillNode : IAsyncDisposable
{
    private const int Attempts = 10;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly IReadOnlyList<(string Name, string Value)> _settings;
    private readonly string _directory = Directory.CreateTempSubdirectory("salon-drill-").FullName;
    private ServerProcess? _process;
    private Uri? _direct;

    public DrillNode(int index, int redisPort, Uri database, bool hasDatabaseFaults)
    {
        Index = index;
        ToRedis = new Proxy(redisPort);
        ToDatabase = new Proxy(database.Port);
        FromClients = new Proxy(0);

        // A way around costs time.
        var address = hasDatabaseFaults ? new UriBuilder(database) { Port = ToDatabase.Port }.Uri : database;
        _settings =
        [
            ("HOST", "127.0.0.1"),
            ("PORT", "0"),
            ("NODE_ID", $"node-{index + 1}"),
            ("DATA_DIR", _directory),
            ("REDIS_URL", $"redis://127.0.0.1:{ToRedis.Port}"),
            ("DATABASE_URL", address.OriginalString),
        ];
    }

    public int Index { get; }

    public Proxy ToRedis { get; }

    public Proxy ToDatabase { get; }

    public Proxy FromClients { get; }

    /// <summary>Where clients find it: before the proxy.</summary>
    public Uri Address => new($"http://127.0.0.1:{FromClients.Port}");

    /// <summary>Starts the process, as often as it takes: it ends by itself when the database is not there.</summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; !await TryStartAsync(); attempt++)
        {
            var said = string.Join('\n', [.. _process!.Output, .. _process.Errors]);
            await KillAsync();

            if (attempt == Attempts)
            {
                throw new InvalidOperationException($"Node {Index + 1} does not start:\n{said}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.KillAsync();
            process.Dispose();
        }
    }

    /// <summary>Stops the process without ending it.</summary>
    public void Freeze() => _process?.Freeze();

    public void Thaw() => _process?.Thaw();

    /// <summary>How many nodes this one knows of; 0 when it does not answer or has no Redis.</summary>
    public async Task<int> CountNodesAsync()
    {
        try
        {
            using var status = JsonDocument.Parse(await Http.GetStringAsync(new Uri(_direct!, "/status")));
            var cluster = status.RootElement.GetProperty("cluster");
            return cluster.GetProperty("redis").GetString() == "connected" ? cluster.GetProperty("nodes").GetInt32() : 0;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await FromClients.DisposeAsync();
        await ToRedis.DisposeAsync();
        await ToDatabase.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> TryStartAsync()
    {
        _process = ServerProcess.Start(Path.Combine(AppContext.BaseDirectory, "Salon.dll"), _directory, _settings);
        var listening = _process.ListeningAsync();
        await Task.WhenAny(listening, _process.ExitAsync());

        if (!listening.IsCompletedSuccessfully)
        {
            return false;
        }

        _direct = await listening;
        FromClients.MoveTo(_direct.Port);
        return true;
    }
}
