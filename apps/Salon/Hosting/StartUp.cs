using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Salon.App.Chat.Cluster;
using Salon.EngineIO;

namespace Salon.App.Hosting;

/// <summary>Starts the app, and says in one line why it cannot.</summary>
internal static class StartUp
{
    /// <summary>Runs the app until it is told to stop.</summary>
    /// <returns>The exit code: 1 when it could not start.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (SettingsException exception)
        {
            return await FailAsync(exception.Message);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            return await FailAsync("PORT is in use by another program: stop it, or set PORT to a free one.");
        }
        catch (Exception exception) when ((exception as SocketException ?? exception.InnerException as SocketException) is { } refusal)
        {
            return await FailAsync(refusal.SocketErrorCode switch
            {
                SocketError.AccessDenied => "PORT may not be used by this user: set PORT to 1024 or more.",
                SocketError.AddressNotAvailable => "HOST names an address that this machine does not have.",
                SocketError.AddressAlreadyInUse => "PORT is in use by another program: stop it, or set PORT to a free one.",
                _ => $"HOST and PORT cannot be listened on: {refusal.Message}",
            });
        }
    }

    /// <summary>Builds the app without starting it.</summary>
    /// <param name="args">Settings may be given here, too: <c>--PORT 3001</c>.</param>
    /// <param name="replaceServices">Replaces services, for tests.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replaceServices = null)
    {
        // The program brings its own files along, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = AppSettings.Read(builder.Configuration);

        builder.WebHost.UseEventLoops().UseUrls(ListenAddress.Find(settings));
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddFilter(BusLog.Category, settings.Redis is { LogsBus: true } || builder.Environment.IsDevelopment() ? LogLevel.Information : LogLevel.None);
        SafeLoggerFactory.Use(builder.Services);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        SalonApp.AddServices(builder.Services, settings);
        replaceServices?.Invoke(builder.Services);

        // The host logs why it could not start, with all that was on the stack; we say it in one line, or the exception gets out anyway.
        var progress = new StartProgress();
        builder.Services.AddSingleton(progress);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => progress.IsStarted && level >= LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", level => !progress.HasFailed && level >= LogLevel.Information);

        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => progress.IsStarted = true);
        SalonApp.Map(app, settings);
        return app;
    }

    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            // What has begun already must end before what it uses is disposed of.
            app.Services.GetRequiredService<StartProgress>().HasFailed = true;
            await app.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async Task<int> FailAsync(string line)
    {
        await Console.Error.WriteLineAsync($"Salon cannot start. {line}");
        return 1;
    }

    /// <summary>How far the start is. Set by one thread, read by any that logs.</summary>
    private sealed class StartProgress
    {
        private volatile bool _isStarted;
        private volatile bool _hasFailed;

        public bool IsStarted
        {
            get => _isStarted;
            set => _isStarted = value;
        }

        public bool HasFailed
        {
            get => _hasFailed;
            set => _hasFailed = value;
        }
    }
}
