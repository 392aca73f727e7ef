using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A cluster that scripts/cluster.sh runs for tests, on free ports and in a directory of its own. Disposing stops it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>What shows the nodes' names in their status.</summary>
    public const string StatusToken = "the-token-of-the-cluster";

    private static readonly string Script = Path.Combine(Repository.Root, "scripts/cluster.sh");

    private readonly TemporaryDirectory _directory = new();
    private readonly (string Name, string Value)[] _environment;

    public Cluster(int nodes)
    {
        var ports = Repository.FindFreePorts(nodes);
        Web = new Uri($"http://127.0.0.1:{Repository.FindFreePort()}");
        Nodes = [.. ports.Select(static port => new Uri($"http://127.0.0.1:{port}"))];
        RedisPort = Repository.FindFreePort();

        _environment =
        [
            ("SALON_CLUSTER_DIR", _directory.Path),
            ("SALON_CLUSTER_PORT", $"{Web.Port}"),
            ("SALON_NODE_PORT", $"{ports[0]}"),
            ("SALON_REDIS_PORT", $"{RedisPort}"),
            ("SALON_POSTGRES_PORT", $"{Repository.FindFreePort()}"),
            ("STATUS_TOKEN", StatusToken),
            ("SALON_APP", Path.Combine(AppContext.BaseDirectory, "Salon.dll")),
        ];
    }

    /// <summary>The address of nginx.</summary>
    public Uri Web { get; }

    /// <summary>The addresses of the nodes.</summary>
    public Uri[] Nodes { get; }

    public int RedisPort { get; }

    /// <summary>The test is skipped, or in CI fails, where something is missing that a cluster consists of.</summary>
    public static void Require()
    {
        ExternalProgram.Require("/usr/bin/redis-server", "apt-get install redis-server");
        ExternalProgram.Require("/usr/sbin/nginx", "apt-get install nginx");
        ExternalProgram.Require("/usr/lib/postgresql", "apt-get install postgresql");
    }

    /// <summary>Runs the script.</summary>
    /// <returns>The lines that it wrote.</returns>
    public async Task<string[]> RunAsync(params string[] arguments) =>
        (await ExternalProgram.RunAsync(Script, arguments, Repository.Root, _environment)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the script and expects that it fails.</summary>
    public Task<string> FailAsync(string argument, params (string Name, string Value)[] environment) =>
        ExternalProgram.FailAsync(Script, [argument], Repository.Root, [.. _environment, .. environment]);

    /// <summary>Ends a process of the cluster as a crash would.</summary>
    public Task KillAsync(string name) =>
        ExternalProgram.RunAsync("kill", ["-KILL", File.ReadAllText(Path.Combine(_directory.Path, $"{name}.pid")).Trim()], _directory.Path);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        _directory.Dispose();
    }
}
