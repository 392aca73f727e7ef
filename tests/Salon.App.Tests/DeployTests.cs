using System.Text.Json;
using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The files in deploy/ are such as the programs that read them take. ProxiedClusterTests uses them.</summary>
public partial class DeployTests
{
    private static readonly string Deploy = Path.Combine(Repository.Root, "deploy");
    private static readonly string[] NginxDirectories = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    /// <summary>Our haproxy.cfg, listening elsewhere and with other nodes.</summary>
    internal static string ReadHAProxy(int port, Uri[] nodes) => HAProxyNode().Replace(
        File.ReadAllText(Path.Combine(Deploy, "haproxy.cfg")).Replace("bind :8080", $"bind 127.0.0.1:{port}", StringComparison.Ordinal),
        match => $"{match.Groups["name"].Value} {nodes[int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture) - 1].Authority}");

    [Fact]
    public async Task HAProxy_takes_its_file_without_a_warning()
    {
        ExternalProgram.Require("/usr/sbin/haproxy", "apt-get install haproxy");
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "haproxy.cfg");
        await File.WriteAllTextAsync(path, ReadHAProxy(8080, [.. Enumerable.Range(3001, 3).Select(static port => new Uri($"http://127.0.0.1:{port}"))]));

        await ExternalProgram.RunAsync("/usr/sbin/haproxy", ["-c", "-dW", "-f", path], directory.Path);
    }

    [Fact]
    public async Task Nginx_takes_its_file()
    {
        ExternalProgram.Require("/usr/sbin/nginx", "apt-get install nginx");
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "nginx.conf");
        var text = await File.ReadAllTextAsync(Path.Combine(Deploy, "nginx.conf"));

        // The names of the nodes are known to Docker alone, and who is not root may write to nothing of nginx's.
        text = NginxNode().Replace(text, "server 127.0.0.1:3000");
        var directories = string.Concat(NginxDirectories.Select(name => $"{name}_temp_path {directory.Path}/{name};"));
        text = text.Replace("http {", $"http {{ {directories}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text);

        await ExternalProgram.RunAsync(
            "/usr/sbin/nginx", ["-t", "-q", "-p", directory.Path, "-c", path, "-g", $"pid {directory.Path}/pid; error_log stderr;"], directory.Path);
    }

    [Fact]
    public async Task The_compose_file_is_yaml_and_holds_no_secret()
    {
        ExternalProgram.Require("/usr/lib/python3/dist-packages/yaml/__init__.py", "apt-get install python3-yaml");
        var text = await ExternalProgram.RunAsync(
            "/usr/bin/python3", ["-c", "import json, yaml; print(json.dumps(yaml.safe_load(open('compose.yaml'))))"], Deploy);
        var services = JsonDocument.Parse(text).RootElement.GetProperty("services").EnumerateObject().ToDictionary(static service => service.Name, static service => service.Value);
        var settings = services.Values
            .Where(static service => service.TryGetProperty("environment", out _))
            .SelectMany(static service => service.GetProperty("environment").EnumerateObject())
            .ToList();

        Assert.Equal(["nginx", "postgres", "redis", "salon-1", "salon-2", "salon-3"], services.Keys.Order());
        Assert.All(services, static service => Assert.True(service.Value.TryGetProperty("healthcheck", out _), service.Key));
        Assert.All(
            settings.Where(static setting => setting.Name.Contains("PASSWORD", StringComparison.Ordinal)),
            static setting => Assert.StartsWith("${", setting.Value.GetString()));
        Assert.All(
            settings.Where(static setting => setting.Name.EndsWith("_URL", StringComparison.Ordinal)),
            static setting => Assert.Matches(@":\$\{[A-Z]+_PASSWORD:\?[^}]+\}@", setting.Value.GetString()));
        Assert.Equal("salon-2", services["salon-2"].GetProperty("environment").GetProperty("NODE_ID").GetString());
    }

    [Fact]
    public async Task The_health_check_of_a_container_tells_a_node_that_is_ready_from_one_that_is_not_there()
    {
        await using var server = await AppServer.StartAsync();
        var compose = await File.ReadAllLinesAsync(Path.Combine(Deploy, "compose.yaml"));
        var line = compose.Single(static line => line.Contains("/dev/tcp/", StringComparison.Ordinal));
        var command = JsonDocument.Parse(line[line.IndexOf('[', StringComparison.Ordinal)..]).RootElement[3].GetString()!
            .Replace("$$", "$", StringComparison.Ordinal);

        await ExternalProgram.RunAsync("bash", ["-c", command.Replace("/3000", $"/{server.Uri.Port}", StringComparison.Ordinal)], Deploy);
        await ExternalProgram.FailAsync("bash", ["-c", command.Replace("/3000", $"/{Repository.FindFreePort()}", StringComparison.Ordinal)], Deploy);
    }

    [GeneratedRegex(@"(?<name>salon-(?<number>\d)) salon-\d:3000")]
    private static partial Regex HAProxyNode();

    [GeneratedRegex(@"server salon-\d:3000")]
    private static partial Regex NginxNode();
}
