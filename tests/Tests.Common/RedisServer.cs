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
    private Process? _process;

    private RedisServer(string[] settings) => _settings = settings;

    public int Port { get; } = Repository.FindFreePort();

    /// <summary>Where it keeps its files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("salon-redis-").FullName;

    public string Host => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public string Url => $"redis://{Host}";

    /// <summary>Starts a server, which loses everything when it ends.</summary>
    /// <param name="settings">Settings of the command line besides the usual, such as <c>--requirepass</c>, <c>secret</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        ExternalProgram.Require(Program, "apt-get install redis-server");
        var server = new RedisServer(settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task StartAgainAsync()
    {
        string[] usual = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--enable-debug-command", "yes"];
        var start = new ProcessStartInfo(Program, _settings.Contains("--sentinel") ? _settings : [.. usual, .. _settings])
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
