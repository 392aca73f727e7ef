using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Salon.Benchmarks.Redis;

/// <summary>A redis-server for the time of the measurement.</summary>
internal sealed class LocalRedis : IDisposable
{
    // What redis-benchmark takes for a second, roughly: enough that its own start does not count.
    private const int RequestsInSecond = 800_000;

    private readonly Process _process;

    private LocalRedis(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static LocalRedis Start()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var start = new ProcessStartInfo("redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--bind", "127.0.0.1", "--logfile", "/dev/null"])
        {
            WorkingDirectory = Path.GetTempPath(),
        };

        return new LocalRedis(Process.Start(start)!, port);
    }

    /// <returns>Commands in a second.</returns>
    public async Task<double> BenchmarkAsync(Operation operation, double seconds)
    {
        var name = operation == Operation.Set ? "set" : "get";
        string[] arguments = ["-p", $"{Port}", "-t", name, "-n", $"{(int)(seconds * RequestsInSecond)}", "-P", "16", "-c", "50", "--csv"];
        using var process = Process.Start(new ProcessStartInfo("redis-benchmark", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();

        // "SET","812345.67","0.9", …: the rate stands second.
        var line = output.Split('\n').Single(line => line.StartsWith($"\"{name}\"", StringComparison.OrdinalIgnoreCase));
        return double.Parse(line.Split(',')[1].Trim('"'), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
