using System.Reflection;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

/// <summary>
/// A handler of one event of one socket, and what ends it: disposing stops it from being called. Immutable; the same listener may run
/// several times at once when the options allow it.
/// </summary>
internal abstract class EventListener(EventTable table, string eventName, bool isOnce) : IDisposable
{
    private int _isTaken;

    public string EventName => eventName;

    /// <summary>The user's delegate, by which <see cref="Socket.Off(string, Delegate)"/> finds the listener.</summary>
    public abstract Delegate Handler { get; }

    /// <summary>The method whose parameters the event's arguments are for. Slow to find: for errors.</summary>
    public virtual MethodInfo Method => Handler.Method;

    public void Dispose() => table.Remove(this);

    /// <summary>Takes the right to run: always, or the first time only.</summary>
    public bool TryTake()
    {
        if (!isOnce)
        {
            return true;
        }

        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            return false;
        }

        Dispose();
        return true;
    }

    /// <summary>Calls the handler.</summary>
    /// <param name="socket">The socket that the event came to.</param>
    /// <param name="packet">The event; read before the method returns.</param>
    /// <param name="ack">The answer.</param>
    /// <param name="error">What is wrong with the arguments; the handler was not called then.</param>
    /// <returns>The handler's task. What it throws comes out of here, at once or through the task.</returns>
    public abstract Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error);
}
