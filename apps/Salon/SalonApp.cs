using System.Text.Json;
using System.Text.Json.Serialization;
using Salon.App.Chat;
using Salon.App.Hosting;
using Salon.App.Operations;
using Salon.App.Storage;
using Salon.SocketIO;

namespace Salon.App;

/// <summary>What the app is made of: a line for each feature, in each of the two steps of starting.</summary>
internal static class SalonApp
{
    public static void AddServices(IServiceCollection services, AppSettings settings)
    {
        services.AddSocketIO(static options => options.JsonSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        });

        services.AddStorage(settings);
        services.AddChat();
        services.AddOperations();
    }

    public static void Map(WebApplication app)
    {
        app.UseSecurityHeaders();

        app.MapSocketIO();
        app.MapAssets();
        app.MapChat();
        app.MapOperations();
    }
}
