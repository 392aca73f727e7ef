using System.Text.Json.Serialization;
using Salon.App.Hosting;

namespace Salon.App.Operations;

/// <summary>What those who run the app look at.</summary>
internal static class OperationsFeature
{
    /// <summary>A database that does not answer so soon is none to be ready with.</summary>
    private static readonly TimeSpan HealthCheckTimeout = TimeSpan.FromSeconds(3);

    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<StatusReader>();
        services.AddHealthChecks().AddCheck<StorageHealthCheck>("storage", timeout: HealthCheckTimeout);
        services.ConfigureHttpJsonOptions(static options =>
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull);
    }

    public static void MapOperations(this WebApplication app)
    {
        // Made now, so that the uptime counts from the start and not from the first question.
        var status = app.Services.GetRequiredService<StatusReader>();

        app.MapRead("/status", (HttpResponse response) =>
        {
            response.Headers.CacheControl = "no-store";
            return status.Read();
        });

        // Alive is who answers; ready is who can also serve.
        app.MapRead("/healthz/live", static () => Results.Text("live"));
        app.MapHealthChecks("/healthz/ready").IsRead();
    }
}
