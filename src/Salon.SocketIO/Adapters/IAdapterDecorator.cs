namespace Salon.SocketIO;

/// <summary>
/// Puts something around the adapter of each namespace, whichever it is: what is emitted is told to others, or counted. Registered among the app's
/// services; there may be several, of which the first is the innermost. Called by any thread.
/// </summary>
public interface IAdapterDecorator
{
    /// <summary>Gives what the namespace uses instead of its adapter. It disposes the adapter with itself.</summary>
    /// <param name="owner">The namespace, whose <see cref="Namespace.Adapter"/> is not there yet.</param>
    /// <param name="adapter">Its adapter.</param>
    IAdapter Decorate(Namespace owner, IAdapter adapter);
}
