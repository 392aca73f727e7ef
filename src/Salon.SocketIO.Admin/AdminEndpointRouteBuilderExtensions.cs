using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Salon.SocketIO.Admin.Access;
using Salon.SocketIO.Admin.Pages;
using Salon.Supervision;

namespace Salon.SocketIO.Admin;

/// <summary>Puts the official admin UI into an app's routes.</summary>
public static class AdminEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Lets administrators watch the server in the official admin UI, which is served too. Nothing is watched, and nothing costs, as long as
    /// none is connected.
    /// </summary>
    /// <param name="endpoints">The app, on which <c>MapSocketIO</c> was called.</param>
    /// <param name="configure">Says who may; changes the defaults, and what else is said of <see cref="AdminOptions"/>, for example by a section of the configuration.</param>
    /// <returns>What ends the sessions of administrators.</returns>
    /// <exception cref="InvalidOperationException"><c>AddSocketIO</c> was not called.</exception>
    /// <exception cref="OptionsValidationException">An option is wrong; the message names each.</exception>
    /// <example><code>
    /// app.MapSocketIO();
    /// app.MapSocketIOAdmin(options => options.UsePassword("admin", Environment.GetEnvironmentVariable("ADMIN_PASSWORD")!));
    /// </code></example>
    public static SocketIOAdmin MapSocketIOAdmin(this IEndpointRouteBuilder endpoints, Action<AdminOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);

        var services = endpoints.ServiceProvider;
        var io = services.GetService<SocketIOServer>() ?? throw new InvalidOperationException("Call builder.Services.AddSocketIO() before app.MapSocketIOAdmin().");
        var options = services.GetRequiredService<IOptionsFactory<AdminOptions>>().Create(Options.DefaultName);
        configure?.Invoke(options);
        AdminOptionsValidator.ThrowIfInvalid(options);

        var mode = options.Mode ?? (services.GetService<IHostEnvironment>()?.IsDevelopment() == true ? AdminMode.Development : AdminMode.Production);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = SafeLogger.Create(services.GetService<ILoggerFactory>(), typeof(AdminNamespace).Namespace!);
        var meter = services.GetService<IMeterFactory>()?.Create("Salon.SocketIO.Admin");
        var guard = new Guard(logger, meter?.CreateCounter<long>("salon.admin.calls.failed", "{call}", "Calls that failed while administrators were let in or told, by what was called."));
        var gate = new AdminGate(options, time, guard);
        var admin = new SocketIOAdmin(gate);

        new AdminNamespace(io, options, mode, gate, services.GetService<IMeterFactory>(), guard, time).Open();

        if (options.Path is { } path)
        {
            var pages = new AdminPages(gate, admin);
            var trimmed = "/" + path.Trim('/');
            endpoints.Map($"{trimmed}/{{**file}}", pages.ServeAsync).WithDisplayName($"Socket.IO admin {trimmed}");
        }

        return admin;
    }
}
