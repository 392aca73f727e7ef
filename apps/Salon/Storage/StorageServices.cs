using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.App.Storage.Postgres;
using Salon.App.Storage.Sqlite;

namespace Salon.App.Storage;

/// <summary>The one place that knows which database the app runs on.</summary>
internal static class StorageServices
{
    /// <summary>Adds the database, opened now: one that cannot be used shall stop the start.</summary>
    /// <exception cref="SettingsException">The database cannot be used.</exception>
    public static void AddStorage(this IServiceCollection services, AppSettings settings)
    {
        services.AddSingleton<Availability>();

        if (settings.Postgres is { } postgres)
        {
            services.AddPostgres(postgres);
        }
        else
        {
            services.AddSqlite(settings.DataDirectory);
        }
    }

    private static void AddPostgres(this IServiceCollection services, PostgresSettings settings)
    {
        PostgresStart.Prepare(settings);

        services.AddSingleton(provider => new PostgresDatabase(settings, provider.GetRequiredService<Availability>()));
        services.AddSingleton<IDatabase>(static provider => provider.GetRequiredService<PostgresDatabase>());
        services.AddSingleton<IChatStore, PostgresChatStore>();
    }

    private static void AddSqlite(this IServiceCollection services, string directory)
    {
        var file = SqliteFile.Open(directory);

        // By a factory, so that the container disposes what it did not make.
        services.AddSingleton(_ => file);
        services.AddSingleton<SqliteDatabase>();
        services.AddSingleton<IDatabase>(static provider => provider.GetRequiredService<SqliteDatabase>());
        services.AddSingleton<IChatStore, SqliteChatStore>();
    }
}
