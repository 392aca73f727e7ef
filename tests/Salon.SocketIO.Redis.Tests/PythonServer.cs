using System.Diagnostics;
using System.Globalization;
using System.Text;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A process with python-socketio on the bus, told what to do by its clients; see <c>python/server.py</c>. Disposing ends it.</summary>
internal sealed class PythonServer : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests");

    // Python starts as fast as the machine lets it.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PythonClient? _first;

    private PythonServer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => OnOutput(line.Data);
        process.ErrorDataReceived += (_, line) => OnError(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where the packages of a version are; empty for Debian's own. Skips the test where they are not.</summary>
    public static string Find(string version) => PythonSocketIO.Find(version, "redis");

    /// <summary>Starts a server, and waits until it hears the bus.</summary>
    public static async Task<PythonServer> StartAsync(RedisServer redis, string version)
    {
        var packages = Find(version);
        await using var bus = new RedisClient(RedisOptions.Parse(redis.Url));
        var hearing = await bus.CountSubscribersAsync("flask-socketio");
        var server = new PythonServer(new Process
        {
            StartInfo = new ProcessStartInfo("/usr/bin/python3", ["server.py", packages, redis.Url, "flask-socketio"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.Combine(Folder, "python"),
            },
        });

        try
        {
            // It subscribes when the first client comes.
            server._first = await server.ConnectAsync();
            await Eventually.Async("the Python process hears the bus", async () => await bus.CountSubscribersAsync("flask-socketio") > hearing);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a process that only emits.</summary>
    public static Task EmitAsync(RedisServer redis, string version) => ExternalProgram.RunAsync(
        "/usr/bin/python3",
        ["emit.py", Find(version), redis.Url, "flask-socketio"],
        Path.Combine(Folder, "python"));

    /// <summary>Runs a process that emits through Flask-SocketIO itself.</summary>
    public static Task EmitFromFlaskAsync(RedisServer redis)
    {
        ExternalProgram.Require("/usr/lib/python3/dist-packages/flask_socketio/__init__.py", "apt-get install python3-flask-socketio python3-redis");
        return ExternalProgram.RunAsync("/usr/bin/python3", ["flask_emit.py", redis.Url], Path.Combine(Folder, "python"));
    }

    /// <summary>Connects another client.</summary>
    public async Task<PythonClient> ConnectAsync(string @namespace = "/") =>
        await PythonClient.ConnectAsync(await _listening.Task.WaitAsync(StartPatience), @namespace);

    public async ValueTask DisposeAsync()
    {
        await (_first?.DisposeAsync() ?? default);
        _process.Kill();
        await _process.WaitForExitAsync().Soon();
        _process.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine($"Python: {_errors}");
    }

    private void OnOutput(string? line)
    {
        if (line?.Split("listens: ") is [_, var address])
        {
            _listening.TrySetResult(new Uri(address));
        }
    }

    private void OnError(string? line)
    {
        _errors.AppendLine(CultureInfo.InvariantCulture, $"{line}");

        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException($"The Python process ended: {_errors}"));
        }
    }
}
