using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Salon.App.Storage;

namespace Salon.App.Operations;

/// <summary>Whether the database answers.</summary>
internal sealed class StorageHealthCheck(Database database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var connection = database.OpenForReading();
            connection.ExecuteScalar<long>("SELECT count(*) FROM rooms");
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (SqliteException exception)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The database does not answer.", exception));
        }
    }
}
