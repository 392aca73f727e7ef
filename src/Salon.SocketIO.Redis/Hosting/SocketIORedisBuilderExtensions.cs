using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salon.EngineIO;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Supervision;

namespace Salon.SocketIO;

/// <summary>Makes several servers one.</summary>
public static class SocketIORedisBuilderExtensions
{
    // Broadcasts are worth more patience than a caller that waits for a reply.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Lets this server form a cluster with all others that use the same Redis: of this library, of Node.js with <c>@socket.io/redis-adapter</c> or
    /// <c>@socket.io/redis-streams-adapter</c>, and programs that use <c>@socket.io/redis-emitter</c>. Proxies need no sticky
    /// sessions. <see cref="IClusterMembers"/>, <see cref="ForwardedRequests"/>, <see cref="RedisRefusals"/> and <see cref="RedisClient"/> may be asked for from the services.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="url">Where Redis is: <c>redis://[user[:password]@]host[:port][/database]</c>, and what else <see cref="RedisOptions.Parse"/> reads.</param>
    /// <param name="configure">Changes the defaults, and what else is said of <see cref="RedisAdapterOptions"/>, for example by a section of the configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="FormatException">The address is none. (An option out of its range stops the start, with a message that names it.)</exception>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    /// <remarks>The server starts without Redis too: it works alone until Redis is there.</remarks>
    /// <example><code>
    /// builder.Services.AddSocketIO().AddRedis("redis://localhost:6379");
    /// </code></example>
    public static SocketIOBuilder AddRedis(this SocketIOBuilder builder, string url, Action<RedisAdapterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);

        // At once: who reads the error has the address before them.
        var address = RedisOptions.Parse(url) with { CommandTimeout = PublishTimeout };

        if (builder.Services.Any(static service => service.ServiceType == typeof(RedisHub)))
        {
            throw new InvalidOperationException($"{nameof(AddRedis)} was called before: a server is in one cluster.");
        }

        builder.Services.AddOptions<RedisAdapterOptions>()
            .Configure(options => options.Redis = address)
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisAdapterOptions>, RedisAdapterOptionsValidator>());

        // The container disposes first what was made last: the hub and the members take their leave over the client, so they ask for it before.
        builder.Services.TryAddSingleton(static services => new RedisConnection(new RedisClient(
            services.GetRequiredService<IOptions<RedisAdapterOptions>>().Value.Redis,
            services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            services.GetService<TimeProvider>() ?? TimeProvider.System)));
        builder.Services.TryAddSingleton(static services => services.GetRequiredService<RedisConnection>().Client);
        builder.Services.TryAddRedisRefusals();
        builder.Services.TryAddSingleton(static services =>
        {
            services.GetRequiredService<RedisClient>();

            return new RedisHub(
                services.GetRequiredService<IOptions<RedisAdapterOptions>>().Value,
                services.GetRequiredService<RedisConnection>().Client,
                services.GetRequiredService<RedisRefusals>(),
                services,
                services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
                services.GetService<TimeProvider>() ?? TimeProvider.System);
        });
        builder.Services.TryAddSingleton(static services => (IClusterMembers)services.GetRequiredService<RedisHub>().Members);
        builder.Services.TryAddSingleton(static services => services.GetRequiredService<RedisHub>().Metrics.Requests);
        builder.Services.AddSingleton<IAdapterFactory>(static services => new RedisAdapterFactory(services.GetRequiredService<RedisHub>()));
        builder.Services.AddSingleton(CreateForwarder);
        return builder;
    }

    private static IRequestForwarder CreateForwarder(IServiceProvider services)
    {
        var hub = services.GetRequiredService<RedisHub>();

        // None where it is not wanted: that is known only now.
        return hub.Options.ForwardRequests ? new RequestForwarder(hub, hub.Members, services, hub.Time, hub.Logger) : null!;
    }

    /// <summary>What Redis refuses, once for all that uses it.</summary>
    internal static void TryAddRedisRefusals(this IServiceCollection services) => services.TryAddSingleton(static services => new RedisRefusals(
        services,
        SafeLogger.Create(services.GetService<ILoggerFactory>(), "Salon.SocketIO.Redis"),
        services.GetService<TimeProvider>() ?? TimeProvider.System));

    /// <summary>The hub itself would be disposed once more, with each service that it is.</summary>
    private sealed class RedisAdapterFactory(RedisHub hub) : IAdapterFactory
    {
        public IAdapter Create(Namespace owner) => hub.CreateAdapter(owner);
    }
}
