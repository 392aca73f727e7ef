using System.Diagnostics.Metrics;
using Salon.App.Hosting;
using Salon.App.Stocks.Cluster;
using Salon.App.Stocks.Replayed;
using Salon.App.Stocks.Simulated;
using Salon.App.Streaming;
using Salon.Http;
using Salon.SocketIO;

namespace Salon.App.Stocks;

/// <summary>The stocks: a market, simulated or played from a file, streamed to whoever wants it.</summary>
internal static class StocksFeature
{
    public static void AddStocks(this IServiceCollection services, AppSettings settings)
    {
        services.AddStreaming();

        // Now, so that a wrong file stops the start.
        if (settings.Stocks.Csv is { } path)
        {
            var file = TickFile.Read(path);
            services.AddSingleton(file);
            services.AddSingleton<IMarketSource>(new Replay(file, settings.Stocks.Speed));
        }
        else
        {
            services.AddSingleton<IMarketSource>(new Simulation(settings.Stocks.Seed));
        }

        services.AddSingleton(provider => new Market(
            provider.GetRequiredService<IMarketSource>(),
            provider.GetRequiredService<IMeterFactory>(),
            isCluster: settings.Redis is not null));
        services.AddSingleton<StocksDoor>();
        services.AddSingleton<StocksEndpoints>();
        services.AddSingleton<StocksSocket>();

        if (settings.Redis is null)
        {
            services.AddHostedService<LocalMarket>();
        }
        else
        {
            services.AddHostedService<ClusterMarket>();
        }
    }

    public static void MapStocks(this WebApplication app)
    {
        var market = app.Services.GetRequiredService<Market>();
        market.Feed.EndWith(app.Lifetime);

        if (app.Services.GetService<TickFile>() is { } file)
        {
            TickFileLog.Report(app.Logger, file);
        }

        // All but the page itself is for this site's pages, and for programs.
        app.UseWhen(
            static context => context.Request.Path.StartsWithSegments("/stocks", out var rest) && rest.HasValue,
            static stocks => stocks.Use(static (context, next) => RequestOrigin.Check(context.Request) == OriginVerdict.Allowed
                ? next(context)
                : StocksProblem.ForeignOrigin.WriteAsync(context)));

        app.UseWhen(static context => context.Request.Path == StocksEndpoints.WebSocketPath, static stocks => stocks.UseWebSockets());
        app.Services.GetRequiredService<StocksEndpoints>().Map(app.MapGroup("").AnswersDirectly());
        app.Services.GetRequiredService<StocksSocket>().Map(app.Services.GetRequiredService<SocketIOServer>().Of(StocksSocket.NamespaceName));
    }
}
