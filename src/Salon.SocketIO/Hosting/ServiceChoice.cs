using Microsoft.Extensions.DependencyInjection;

namespace Salon.SocketIO.Hosting;

/// <summary>Services of which a server has one at most.</summary>
internal static class ServiceChoice
{
    /// <summary>Finds what is registered; <see langword="null"/> when nothing is.</summary>
    /// <exception cref="InvalidOperationException">Several are registered: which of them counts must not depend on their order.</exception>
    public static T? FindOne<T>(this IServiceProvider services)
        where T : class
    {
        // One that is registered may turn out not to be wanted.
        T[] all = [.. services.GetServices<T?>().OfType<T>()];

        return all.Length <= 1
            ? all.FirstOrDefault()
            : throw new InvalidOperationException($"A server has one {typeof(T).Name}, but {all.Length} are registered: {string.Join(", ", all.Select(static one => one.GetType().FullName))}.");
    }
}
