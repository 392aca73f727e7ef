using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Salon.Tests;

/// <summary>A redis-server of its own, on a free port and with an empty directory. Disposing it ends it.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The server, as Debian installs it.</summary>
    public const string Program = "/usr/bin/redis-server";

    private readonly string[] _settings;
    private readonly string[]? _sentinelSettings;
    private Process? _process;

    private RedisServer(string[] settings, string[]? sentinelSettings = null) => (_settings, _sentinelSettings) = (settings, sentinelSettings);

    public int Port { get; } = Repository.FindFreePort();

    /// <summary>Where it keeps its files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("salon-redis-").FullName;

    public string Host => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public string Url => $"redis://{Host}";

    /// <summary>Starts a server, which loses everything when it ends.</summary>
    /// <param name="settings">
    /// Settings of the command line besides the usual, such as <c>--requirepass</c>, <c>secret</c>; in them, <c>{port}</c> stands for the port.
    /// </param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        ExternalProgram.Require(Program, "apt-get install redis-server");
        var server = new RedisServer(settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts a sentinel.</summary>
    /// <param name="settings">The lines of its file, which it rewrites.</param>
    public static async Task<RedisServer> StartSentinelAsync(params string[] settings)
    {
        ExternalProgram.Require(Program, "apt-get install redis-server");
        var server = new RedisServer([], settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task StartAgainAsync()
    {
        string[] usual = ["--port", "{port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--enable-debug-command", "yes"];
        var settings = _sentinelSettings is null ? [.. usual, .. _settings] : new[] { WriteSentinelFile(), "--sentinel" };
        var start = new ProcessStartInfo(Program, settings.Select(setting => setting.Replace("{port}", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        };

        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.Async("the redis-server listens", ListensAsync);
    }

    /// <summary>Ends it as a crash would.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync().Soon();
            process.Dispose();
        }
    }

    /// <summary>Stops the process without ending it: connections stay, and nothing comes.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets a frozen process go on.</summary>
    public void Thaw() => Signal("-CONT");

    /// <summary>Sends a command on a connection of its own, without any client.</summary>
    /// <returns>The first line of the answer.</returns>
    public async Task<string> CommandAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port).Soon();
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n" };
        using var reader = new StreamReader(client.GetStream());
        await writer.WriteLineAsync(command);
        await writer.FlushAsync();
        return await reader.ReadLineAsync().Soon() ?? "";
    }

    /// <summary>Sends a command while the server is frozen, as the first that it finds when it goes on.</summary>
    /// <param name="command">The command.</param>
    /// <param name="meanwhile">Called while it is frozen.</param>
    public async Task CommandAsync(string command, Func<Task> meanwhile)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port).Soon();
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        using var reader = new StreamReader(client.GetStream());

        // Else the server would have to accept the connection first, and read what others have sent.
        await writer.WriteLineAsync("PING");
        await reader.ReadLineAsync().Soon();
        Freeze();

        try
        {
            await writer.WriteLineAsync(command);
            await meanwhile();
        }
        finally
        {
            Thaw();
        }

        await reader.ReadLineAsync().Soon();
    }

    /// <summary>Sends a command that is answered by a string, or a list of them.</summary>
    /// <param name="command">The command.</param>
    /// <param name="skip">How many strings of the list come before the one that is wanted.</param>
    /// <param name="password">The password, if there is one.</param>
    /// <returns>The string; nothing when there is none.</returns>
    public async Task<string> TextAsync(string command, int skip = 0, string? password = null)
    {
        var arguments = new List<string> { "-p", Port.ToString(CultureInfo.InvariantCulture), "--raw" };
        arguments.AddRange(password is null ? [] : ["-a", password, "--no-auth-warning"]);
        var start = new ProcessStartInfo("/usr/bin/redis-cli", [.. arguments, .. command.Split(' ')]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync().Soon();
        return skip == 0 ? output.TrimEnd() : output.Split('\n')[skip];
    }

    /// <summary>Sends a command and does not wait for the answer.</summary>
    public async Task<IDisposable> PostAsync(string command)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port).Soon();
        await client.GetStream().WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\r\n"));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private string WriteSentinelFile()
    {
        var path = Path.Combine(Folder, "sentinel.conf");
        File.WriteAllLines(path, [$"port {Port}", "bind 127.0.0.1", $"dir {Folder}", .. _sentinelSettings!]);
        return path;
    }

    private void Signal(string signal) => Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

    private async Task<bool> ListensAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"redis-server ended with {_process.ExitCode}.");
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
