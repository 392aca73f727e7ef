using Salon.App.Hosting;

namespace Salon.App.Storage;

internal static class StorageServices
{
    /// <summary>Adds the database, opened now: a directory that cannot be used shall stop the start.</summary>
    /// <exception cref="SettingsException">The directory cannot be used.</exception>
    public static void AddStorage(this IServiceCollection services, AppSettings settings)
    {
        var database = new Database(settings);

        // By a factory, so that the container disposes what it did not make.
        services.AddSingleton(_ => database);
        services.AddSingleton<WriteQueue>();
        services.AddHostedService(static provider => provider.GetRequiredService<WriteQueue>());
    }
}
