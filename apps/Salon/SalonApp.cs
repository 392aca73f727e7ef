using System.Text.Json.Serialization;
using System.Text.Json;
using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.App.Lab;
using Salon.App.NativeChat;
using Salon.App.Operations;
using Salon.App.Stocks;
using Salon.App.Storage;
using Salon.SocketIO.Admin;
using Salon.SocketIO;

namespace Salon.App;

/// <summary>What the app is made of: a line for each feature, in each of the two steps of starting.</summary>
internal static class SalonApp
{
    public static void AddServices(IServiceCollection services, AppSettings settings)
    {
        var io = services.AddSocketIO(options =>
        {
            settings.AddTo(options);

            // Each request of the app's protocols is answered, also one that this version does not know.
            options.AnswerUnknownEvents = true;
            options.JsonSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            };
        });

        if (settings.Redis is { } redis)
        {
            io.AddRedis(RedisSettings.AnyUrl, options =>
            {
                options.Redis = redis.Options with { CommandTimeout = options.Redis.CommandTimeout };
                options.KeyPrefix = redis.NameOf(options.KeyPrefix);
                options.StreamName = redis.NameOf(options.StreamName);
                options.SessionKeyPrefix = redis.NameOf(options.SessionKeyPrefix);
            });
            services.AddSingleton(redis);
            services.AddSingleton<RedisChannels>();
        }

        services.AddStorage(settings);
        services.AddChat(settings);
        services.AddNativeChat(settings);
        services.AddStocks(settings);
        services.AddLab();
        services.AddOperations();
    }

    public static void Map(WebApplication app, AppSettings settings)
    {
        app.UseSecurityHeaders();
        app.UseAllowedHosts(settings);

        var database = app.Services.GetRequiredService<IDatabase>();
        app.MapSocketIO().Engine.WatchLateness(() => database.Lateness);

        if (settings.Admin is { } admin)
        {
            app.MapSocketIOAdmin(options =>
            {
                options.UsePassword(admin.Username, admin.Password);
                options.ServerId = settings.NodeId;
                options.Mode = admin.Mode;
            });
        }

        app.MapAssets();
        app.MapChat();
        app.MapNativeChat();
        app.MapStocks();
        app.MapLab();
        app.MapOperations();
    }
}
