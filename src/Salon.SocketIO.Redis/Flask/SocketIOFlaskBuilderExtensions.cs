using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salon.Redis;
using Salon.SocketIO.Redis;
using Salon.SocketIO.Redis.Flask;

namespace Salon.SocketIO;

/// <summary>Lets a server share rooms with Python.</summary>
public static class SocketIOFlaskBuilderExtensions
{
    // As with an adapter: what is emitted is worth more patience than a caller that waits for a reply.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Lets this server take part in the bus of Flask-SocketIO (<c>message_queue</c>) and python-socketio (<c>RedisManager</c>): what they emit
    /// reaches the clients here, and what this server emits reaches theirs.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="url">Where Redis is, as <see cref="RedisOptions.Parse"/> reads it.</param>
    /// <param name="channel">The channel: <c>flask-socketio</c> is the default of Flask-SocketIO; that of python-socketio is <c>socketio</c>.</param>
    /// <param name="configure">Changes the defaults, and what else is said of <see cref="FlaskBusOptions"/>, for example by a section of the configuration.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="FormatException">The address is none. (An option out of its range stops the start, with a message that names it.)</exception>
    /// <exception cref="InvalidOperationException">There is a bus already.</exception>
    /// <remarks>It goes together with an adapter such as that of <c>AddRedis</c>, in any order. The server starts without Redis too.</remarks>
    /// <example><code>
    /// builder.Services.AddSocketIO().AddFlaskSocketIOBus("redis://localhost:6379");
    /// </code></example>
    public static SocketIOBuilder AddFlaskSocketIOBus(
        this SocketIOBuilder builder,
        string url,
        string channel = "flask-socketio",
        Action<FlaskBusOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(url);
        ArgumentException.ThrowIfNullOrEmpty(channel);

        // At once: who reads the error has the address before them.
        var address = RedisOptions.Parse(url) with { CommandTimeout = PublishTimeout };

        if (builder.Services.Any(static service => service.ServiceType == typeof(FlaskBus)))
        {
            throw new InvalidOperationException("There is a bus already.");
        }

        builder.Services.AddOptions<FlaskBusOptions>()
            .Configure(options => options.Redis = address)
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<FlaskBusOptions>, FlaskBusOptionsValidator>();
        builder.Services.TryAddRedisRefusals();
        builder.Services.AddSingleton(services => new FlaskBus(
            services.GetRequiredService<IOptions<FlaskBusOptions>>().Value,
            channel,
            new FlaskMetrics(services),
            services.GetRequiredService<RedisRefusals>(),
            services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            services.GetService<TimeProvider>() ?? TimeProvider.System));

        builder.Services.AddSingleton<IAdapterDecorator>(static services => new FlaskDecorator(
            services.GetRequiredService<FlaskBus>(),
            isClustered: services.GetService<IAdapterFactory>() is not null));
        return builder;
    }

    /// <summary>The bus itself would be disposed once more, with each service that it is.</summary>
    private sealed class FlaskDecorator(FlaskBus bus, bool isClustered) : IAdapterDecorator
    {
        public IAdapter Decorate(Namespace owner, IAdapter adapter) => bus.Wrap(owner, adapter, isClustered);
    }
}
