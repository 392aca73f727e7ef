using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;
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

        var token = app.Services.GetRequiredService<AppSettings>().StatusToken;

        app.MapRead("/status", (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-store";
            headers.Vary = HeaderNames.Authorization;

            // A monitor with a wrong token learns that; one that got less than it wants would be told nothing.
            if (StatusToken.Ask(context.Request, token) is var access && access == StatusAccess.Refused)
            {
                headers.WWWAuthenticate = "Bearer realm=\"status\"";
                return Results.StatusCode(StatusCodes.Status401Unauthorized);
            }

            return Results.Ok(status.Read(withNames: access == StatusAccess.Full));
        });

        // Alive is who answers; ready is who can also serve.
        app.MapRead("/healthz/live", static () => Results.Text("live"));
        app.MapHealthChecks("/healthz/ready").IsRead();
    }
}
