using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Contracts;

/// <summary>Makes the instances of a contract, each with its own scope of services.</summary>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
internal sealed class ContractFactory(Type type, IServiceProvider services)
{
    private readonly ObjectFactory _create = ActivatorUtilities.CreateFactory(type, []);
    private readonly IServiceScopeFactory _scopes = services.GetRequiredService<IServiceScopeFactory>();

    public async ValueTask<ContractInstance> CreateAsync(Socket socket)
    {
        var scope = _scopes.CreateAsyncScope();

        try
        {
            var instance = (SocketNamespace)_create(scope.ServiceProvider, null);
            instance.Socket = socket;
            return new ContractInstance(instance, scope);
        }
        catch
        {
            // What the constructor was given may have nothing but an asynchronous end.
            await scope.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says which services are missing, before the first event does.</summary>
    /// <exception cref="ArgumentException">The constructor asks for something that nobody provides.</exception>
    public void Check()
    {
        if (services.GetService<IServiceProviderIsService>() is not { } known || type.GetConstructors() is not [var constructor])
        {
            return;
        }

        var missing = constructor.GetParameters()
            .Where(parameter => !parameter.HasDefaultValue && !parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: true) && !known.IsService(parameter.ParameterType))
            .Select(static parameter => parameter.ParameterType.ToString())
            .ToList();

        if (missing.Count > 0)
        {
            throw new ArgumentException($"{type} asks for {string.Join(", ", missing)}, which no service is registered for.");
        }
    }
}

/// <summary>An instance of a contract, for one event; disposed of with its scope.</summary>
internal readonly struct ContractInstance(SocketNamespace instance, AsyncServiceScope scope) : IAsyncDisposable
{
    public SocketNamespace Instance => instance;

    public IServiceProvider Services => scope.ServiceProvider;

    public async ValueTask DisposeAsync()
    {
        try
        {
            switch (instance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;

                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        finally
        {
            await scope.DisposeAsync();
        }
    }
}
