namespace Salon.SocketIO;

/// <summary>
/// Makes the adapters of a server. Registered among the app's services, once at most: two are an error when the server is made, which names both.
/// Without one, events are delivered within the process. Called by any thread.
/// </summary>
/// <example><code>
/// builder.Services.AddSingleton&lt;IAdapterFactory, MyAdapterFactory&gt;();
/// </code></example>
public interface IAdapterFactory
{
    /// <summary>
    /// Makes the adapter of a namespace, which disposes it at its end. What derives from <see cref="Clustering.ClusterAdapter"/> goes together with
    /// <see cref="SocketIOOptions.ConnectionStateRecovery"/>; with another, that is an error when the namespace is made, and <c>/</c> is made with the server.
    /// </summary>
    IAdapter Create(Namespace owner);
}
