using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Hosting;

namespace Salon.SocketIO.Adapters;

/// <summary>Makes the adapters of all namespaces, of what is registered for it. Immutable.</summary>
internal sealed class NamespaceAdapters(IServiceProvider services)
{
    private readonly IAdapterFactory? _factory = services.FindOne<IAdapterFactory>();
    private readonly IAdapterDecorator[] _decorators = [.. services.GetServices<IAdapterDecorator>()];

    /// <summary>Makes what knows the rooms, and delivers.</summary>
    public IAdapter Create(Namespace owner) => _factory?.Create(owner) ?? new LocalAdapter(owner);

    /// <summary>Puts around it whatever else is wanted.</summary>
    public IAdapter Decorate(Namespace owner, IAdapter adapter)
    {
        foreach (var decorator in _decorators)
        {
            adapter = decorator.Decorate(owner, adapter);
        }

        return adapter;
    }
}
