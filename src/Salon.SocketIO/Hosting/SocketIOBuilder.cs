using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO;

/// <summary>What further parts of the server, such as adapters, are added to.</summary>
public sealed class SocketIOBuilder
{
    internal SocketIOBuilder(IServiceCollection services) => Services = services;

    /// <summary>The app's services.</summary>
    public IServiceCollection Services { get; }
}
