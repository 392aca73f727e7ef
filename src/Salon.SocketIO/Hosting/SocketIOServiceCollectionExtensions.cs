using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Salon.SocketIO.Contracts;
using Salon.SocketIO.Hosting;

namespace Salon.SocketIO;

/// <summary>Adds the Socket.IO server to an app's services.</summary>
public static class SocketIOServiceCollectionExtensions
{
    /// <summary>Adds the server, which handlers and services may ask for as <see cref="SocketIOServer"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <returns>What further parts are added to.</returns>
    /// <example><code>
    /// builder.Services.AddSocketIO(options => options.PingInterval = TimeSpan.FromSeconds(10));
    /// </code></example>
    public static SocketIOBuilder AddSocketIO(this IServiceCollection services, Action<SocketIOOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        var options = services.AddOptions<SocketIOOptions>().ValidateOnStart();

        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SocketIOOptions>, SocketIOOptionsValidator>());
        services.TryAddSingleton(Create);
        return new SocketIOBuilder(services);
    }

    private static SocketIOServer Create(IServiceProvider provider)
    {
        var server = new SocketIOServer(provider.GetRequiredService<IOptions<SocketIOOptions>>().Value, provider);

        foreach (var contract in provider.GetServices<ContractRegistration>())
        {
            contract.Bind(server, provider);
        }

        return server;
    }
}
