using Salon.App.Hosting;
using Salon.App.NativeChat.Cluster;
using Salon.Http;

namespace Salon.App.NativeChat;

/// <summary>
/// A chat with nothing but the browser's <c>WebSocket</c> on one side and ASP.NET Core's on the other: the page <c>/chat/native</c>, to learn
/// from. docs/protocol/native-chat.md is its protocol.
/// </summary>
internal static class NativeChatFeature
{
    public static void AddNativeChat(this IServiceCollection services, AppSettings settings)
    {
        services.AddSingleton<NativeChatMetrics>();
        services.AddSingleton<NativeChatBudgets>();
        services.AddSingleton<NativeRoom>();
        services.AddSingleton<NativeConnections>();
        services.AddSingleton<NativeChatEndpoint>();

        if (settings.Redis is not null)
        {
            services.AddHostedService<NativeBus>();
        }
    }

    public static void MapNativeChat(this WebApplication app)
    {
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<NativeConnections>().Stop);

        var pipeline = ((IEndpointRouteBuilder)app).CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = NativeChatLimits.PingInterval, KeepAliveTimeout = NativeChatLimits.PingTimeout });
        pipeline.Run(app.Services.GetRequiredService<NativeChatEndpoint>().HandleAsync);
        app.Map("/ws/chat", pipeline.Build()).WithDisplayName("Native chat").AnswersDirectly();
    }
}
