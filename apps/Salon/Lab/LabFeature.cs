using Salon.App.Lab.Delivery;
using Salon.App.Lab.Processor;
using Salon.App.Lab.Traffic;
using Salon.App.Lab.Webhooks;
using Salon.SocketIO;

namespace Salon.App.Lab;

/// <summary>The lab: one stream of messages over six techniques at once, to a page that compares them.</summary>
internal static class LabFeature
{
    public static void AddLab(this IServiceCollection services)
    {
        services.AddSingleton<TrackedConnections>();
        services.AddSingleton<LabRuns>();
        services.AddHostedService(static provider => provider.GetRequiredService<LabRuns>());
        services.AddSingleton<LabNamespace>();
        services.AddSingleton<ProcessorMeter>();
        services.AddSingleton<WebhookReceiver>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<LabEndpoints>();
    }

    public static void MapLab(this WebApplication app)
    {
        // Only here: Socket.IO has its own.
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/lab"), static lab => lab.UseWebSockets());

        app.Services.GetRequiredService<LabEndpoints>().Map(app);
        app.Services.GetRequiredService<LabNamespace>().Map(app.Services.GetRequiredService<SocketIOServer>());

        // Requests that wait for messages would hold the server up when it stops.
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<LabRuns>().EndAll);
    }
}
