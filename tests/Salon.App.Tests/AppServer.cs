using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Salon.App.Hosting;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The whole app on a free port, with a database of its own. Disposing it stops it and fails the test if it logged something unexpected.</summary>
internal sealed class AppServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestStorage? _ownedStorage;

    private AppServer(WebApplication app, LogWatcher logs, TestStorage? ownedStorage)
    {
        _app = app;
        _ownedStorage = ownedStorage;
        Logs = logs;
        Uri = new Uri(app.Urls.First());
        Http = new HttpClient { BaseAddress = Uri, Timeout = Eventually.Patience };
    }

    public LogWatcher Logs { get; }

    public Uri Uri { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the app.</summary>
    /// <param name="storage">The database to use and to leave; one that is deleted afterwards by default.</param>
    /// <param name="time">The clock; the machine's by default.</param>
    /// <param name="settings">More settings, as <c>--NAME value</c>.</param>
    public static Task<AppServer> StartAsync(TestStorage? storage = null, TimeProvider? time = null, params string[] settings) =>
        StartAsync(static _ => { }, storage, time, settings);

    /// <summary>Starts the app with other services.</summary>
    /// <param name="replaceServices">Replaces them.</param>
    /// <param name="storage">The database to use and to leave; one that is deleted afterwards by default.</param>
    /// <param name="time">The clock; the machine's by default.</param>
    /// <param name="settings">More settings, as <c>--NAME value</c>.</param>
    public static async Task<AppServer> StartAsync(
        Action<IServiceCollection> replaceServices, TestStorage? storage = null, TimeProvider? time = null, params string[] settings)
    {
        var logs = new LogWatcher();
        var owned = storage is null ? new TestStorage() : null;
        var database = (storage ?? owned)!.Settings.SelectMany(static setting => new[] { $"--{setting.Name}", setting.Value });

        var app = StartUp.Build(["--HOST", "127.0.0.1", "--PORT", "0", .. database, .. settings], services =>
        {
            services.AddLogging(logging => logging.ClearProviders().AddProvider(logs));

            if (time is not null)
            {
                services.Replace(ServiceDescriptor.Singleton(time));
            }

            replaceServices(services);
        });

        await app.StartAsync();
        return new AppServer(app, logs, owned);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _ownedStorage?.Dispose();
        Logs.AssertNothingUnexpected();
    }
}
