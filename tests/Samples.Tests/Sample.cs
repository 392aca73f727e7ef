using System.Globalization;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>A sample as a program of its own, on a free port. Disposing it kills it.</summary>
internal sealed class Sample : IDisposable
{
    private readonly ServerProcess _process;

    private Sample(ServerProcess process, Uri address)
    {
        (_process, Address) = (process, address);
        Http = new HttpClient { BaseAddress = address, Timeout = Eventually.Patience };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public static async Task<Sample> StartAsync(string name, params (string Name, string Value)[] settings)
    {
        var port = Repository.FindFreePort().ToString(CultureInfo.InvariantCulture);
        var directory = Path.Combine(Repository.Root, "samples", name);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var process = ServerProcess.Start(
            Path.Combine(directory, "bin", configuration, "net10.0", $"{name}.dll"),
            directory,
            [("PORT", port), .. settings]);

        return new Sample(process, new Uri((await process.ListeningAsync()).ToString().Replace("[::1]", "localhost", StringComparison.Ordinal)));
    }

    public async Task KillAsync() => await _process.KillAsync();

    public void Dispose()
    {
        Http.Dispose();
        _process.Dispose();
    }
}
