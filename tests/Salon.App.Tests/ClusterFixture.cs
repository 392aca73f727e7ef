using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>
/// A cluster of three nodes behind nginx, and HAProxy besides, with the files that deploy/ holds. Started by the first test that needs it.
/// </summary>
public sealed class ClusterFixture : IAsyncDisposable
{
    private readonly Cluster _cluster = new(nodes: 3);
    private readonly TemporaryDirectory _haproxy = new();
    private readonly Uri _haproxyAddress = new($"http://127.0.0.1:{Repository.FindFreePort()}");
    private Task? _starting;

    private string HAProxyPid => Path.Combine(_haproxy.Path, "pid");

    /// <summary>The addresses of the nodes.</summary>
    public async Task<Uri[]> GetNodesAsync()
    {
        await StartAsync();
        return _cluster.Nodes;
    }

    /// <summary>The address of <c>nginx</c> or <c>haproxy</c>.</summary>
    public async Task<Uri> GetProxyAsync(string name)
    {
        await StartAsync();
        return name == "nginx" ? _cluster.Web : _haproxyAddress;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(HAProxyPid))
        {
            await ExternalProgram.RunAsync("kill", ["-TERM", (await File.ReadAllTextAsync(HAProxyPid)).Trim()], _haproxy.Path);
        }

        await _cluster.DisposeAsync();
        _haproxy.Dispose();
    }

    // The tests of a class come one after the other.
    private Task StartAsync()
    {
        Cluster.Require();
        ExternalProgram.Require("/usr/sbin/haproxy", "apt-get install haproxy");
        return _starting ??= StartOnceAsync();
    }

    private async Task StartOnceAsync()
    {
        await _cluster.RunAsync("start");

        var path = Path.Combine(_haproxy.Path, "haproxy.cfg");
        await File.WriteAllTextAsync(path, DeployTests.ReadHAProxy(_haproxyAddress.Port, _cluster.Nodes));
        await ExternalProgram.RunAsync("/usr/sbin/haproxy", ["-D", "-p", HAProxyPid, "-f", path], _haproxy.Path);
    }
}
