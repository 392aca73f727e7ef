using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO;

namespace Salon.Tests;

/// <summary>A real Kestrel on a free port. Disposing it stops it and fails the test if it logged something unexpected.</summary>
public sealed class TestServer : IAsyncDisposable
{
    // The tests run on event loops and, with SALON_TEST_KESTREL=stock, on Kestrel's own transport.
    private static readonly bool UsesEventLoops = Environment.GetEnvironmentVariable("SALON_TEST_KESTREL") != "stock";

    private readonly WebApplication _app;

    private TestServer(WebApplication app, LogWatcher logs)
    {
        _app = app;
        Logs = logs;
        Uri = new Uri(app.Urls.First());
        Http = new HttpClient { BaseAddress = Uri, Timeout = Eventually.Patience };
    }

    public LogWatcher Logs { get; }

    public Uri Uri { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="map">Maps the endpoints.</param>
    /// <param name="configure">Adds services.</param>
    /// <param name="time">The clock; the machine's by default.</param>
    /// <param name="protocols">The HTTP versions; with only HTTP/2, clients need no TLS to speak it.</param>
    /// <param name="certificate">Makes the server speak TLS.</param>
    /// <param name="port">The port; a free one by default.</param>
    public static async Task<TestServer> StartAsync(
        Action<WebApplication> map,
        Action<IServiceCollection>? configure = null,
        TimeProvider? time = null,
        HttpProtocols protocols = HttpProtocols.Http1,
        X509Certificate2? certificate = null,
        int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var logs = new LogWatcher();
        builder.WebHost.UseKestrelHttpsConfiguration();

        if (UsesEventLoops)
        {
            builder.WebHost.UseEventLoops();
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Protocols = protocols;

            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));

        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        configure?.Invoke(builder.Services);

        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new TestServer(app, logs);
    }

    /// <summary>Stops the server; disposing does it too.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Logs.AssertNothingUnexpected();
    }
}
