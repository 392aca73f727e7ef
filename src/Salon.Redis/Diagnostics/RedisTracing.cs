using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Salon.Redis.Diagnostics;

/// <summary>
/// The activities of a client, where somebody listens: the source <c>Salon.Redis</c>, names as OpenTelemetry has them for databases. Keys and
/// values are in none of them.
/// </summary>
internal static class RedisTracing
{
    public const string SourceName = "Salon.Redis";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool IsOn => Source.HasListeners();

    public static async Task<T> TraceAsync<T>(string command, RedisOptions options, EndPoint? server, Func<Task<T>> execute)
    {
        using var activity = Start(command, options, server);

        try
        {
            return await execute();
        }
        catch (Exception exception) when (activity is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("error.type", exception is RedisServerException { Code: var code } ? code : exception.GetType().FullName);

            if (exception is RedisServerException)
            {
                activity.SetTag("db.response.status_code", ((RedisServerException)exception).Code);
            }

            throw;
        }
    }

    private static Activity? Start(string command, RedisOptions options, EndPoint? server)
    {
        var activity = Source.StartActivity(command, ActivityKind.Client);

        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("db.system.name", "redis");
            activity.SetTag("db.operation.name", command);
            activity.SetTag("db.namespace", options.Database.ToString(CultureInfo.InvariantCulture));

            if (server is DnsEndPoint { Host: var host, Port: var port })
            {
                activity.SetTag("server.address", host);
                activity.SetTag("server.port", port);
            }
        }

        return activity;
    }
}
