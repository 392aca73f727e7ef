using System.Text.Json;
using Salon.App.Chat.Cluster;
using Salon.App.Chat.Delivery;
using Salon.App.Hosting;
using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>The chat: rooms, messages, who is there. Its clients speak the namespace <c>/chat</c>.</summary>
internal static class ChatFeature
{
    private const string UsernameKey = "username";

    public static void AddChat(this IServiceCollection services, AppSettings settings)
    {
        if (settings.Redis is { } redis)
        {
            services.AddCluster(redis, hasOwnDatabase: settings.Postgres is null);
        }

        services.AddSingleton<RoomDirectory>();
        services.AddSingleton<ChatFeed>();
        services.AddSingleton<ChatDelivery>();
        services.AddSingleton<ChatOutlet>();
        services.AddSingleton<MessageQueue>();
        services.AddHostedService(static provider => provider.GetRequiredService<MessageQueue>());
        services.AddSingleton<ChatLog>();
        services.AddSingleton<ChatHistory>();
        services.AddSingleton<Presence>();
        services.AddSingleton<ChatBudgets>();
        services.AddSingleton<ChatServices>();
        services.AddHostedService<GeneralRoom>();
        services.AddHostedService<UnusedRooms>();
    }

    public static void MapChat(this WebApplication app)
    {
        var chat = app.Services.GetRequiredService<SocketIOServer>().Of(ChatFeed.NamespaceName);

        // They listen from here on; without Redis there is neither.
        app.Services.GetService<ChatBus>();
        app.Services.GetService<PresenceBus>();

        chat.Use(Identify);
        chat.OnConnection(socket =>
            new ChatConnection(app.Services.GetRequiredService<ChatServices>(), socket, (string)socket.Data[UsernameKey]!).Listen());
    }

    private static void AddCluster(this IServiceCollection services, RedisSettings settings, bool hasOwnDatabase)
    {
        services.AddSingleton<ChatBus>();
        services.AddSingleton<PresenceBus>();
        services.AddHostedService<HeadWatch>();

        if (hasOwnDatabase)
        {
            services.AddHostedService<OwnDatabaseWarning>();
        }

        if (settings.IsPublic)
        {
            services.AddSingleton<PublicFeed>();
            services.AddHostedService<PublicListener>();
        }
    }

    /// <summary>Guests say who they are: <c>auth: { username }</c>.</summary>
    private static ConnectError? Identify(Socket socket)
    {
        var auth = socket.Handshake.Auth;
        var given = auth.TryGetProperty("username", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        if (!ChatName.TryParse(given, ChatLimits.UsernameLength, out var username))
        {
            return new ConnectError(
                $"A name has 1 to {ChatLimits.UsernameLength} characters, and none that cannot be seen.",
                new { code = "invalid_username" });
        }

        socket.Data[UsernameKey] = username;
        return null;
    }
}
