using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Tests;

/// <summary>Adapters that a test makes, or puts around others.</summary>
internal static class Adapters
{
    public static IServiceCollection AddAdapters(this IServiceCollection services, Func<Namespace, IAdapter> create) =>
        services.AddSingleton<IAdapterFactory>(new Factory(create));

    public static IServiceCollection DecorateAdapters(this IServiceCollection services, Func<IAdapter, IAdapter> decorate) =>
        services.AddSingleton<IAdapterDecorator>(new Decorator(decorate));

    private sealed class Factory(Func<Namespace, IAdapter> create) : IAdapterFactory
    {
        public IAdapter Create(Namespace owner) => create(owner);
    }

    private sealed class Decorator(Func<IAdapter, IAdapter> decorate) : IAdapterDecorator
    {
        public IAdapter Decorate(Namespace owner, IAdapter adapter) => decorate(adapter);
    }
}
