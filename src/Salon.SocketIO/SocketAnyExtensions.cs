using Salon.SocketIO.Events;

namespace Salon.SocketIO;

/// <summary>Registers what is called for every event of a socket, whatever its name.</summary>
public static class SocketAnyExtensions
{
    /// <summary>
    /// Calls a listener for every event that the client sends, before the middleware and the event's own handlers, which wait for it. It
    /// is told of events that nobody handles as well, and not of acks.
    /// </summary>
    /// <remarks>An exception is logged and changes nothing.</remarks>
    /// <param name="socket">The socket.</param>
    /// <param name="listener">Gets the event's name and its arguments.</param>
    /// <returns>Disposing it removes the listener.</returns>
    /// <example><code>
    /// socket.OnAny((name, arguments) => logger.LogDebug("{Name} with {Count} arguments", name, arguments.Count));
    /// </code></example>
    public static IDisposable OnAny(this Socket socket, Action<string, EventArguments> listener) =>
        Add(socket, ToTask(listener), answers: false, isFirst: false);

    /// <inheritdoc cref="OnAny(Socket, Action{string, EventArguments})"/>
    public static IDisposable OnAny(this Socket socket, Func<string, EventArguments, Task> listener) =>
        Add(socket, ToTask(listener), answers: false, isFirst: false);

    /// <inheritdoc cref="OnAny(Socket, Action{string, EventArguments})"/>
    /// <param name="socket">The socket.</param>
    /// <param name="listener">Gets the event's name, its arguments, and the answer, which it gives where the event has no handler of its own.</param>
    public static IDisposable OnAny(this Socket socket, Func<string, EventArguments, Ack, Task> listener) =>
        Add(socket, listener, answers: true, isFirst: false);

    /// <summary>As <see cref="OnAny(Socket, Action{string, EventArguments})"/>, but before the listeners that are there.</summary>
    public static IDisposable PrependAny(this Socket socket, Action<string, EventArguments> listener) =>
        Add(socket, ToTask(listener), answers: false, isFirst: true);

    /// <inheritdoc cref="PrependAny(Socket, Action{string, EventArguments})"/>
    public static IDisposable PrependAny(this Socket socket, Func<string, EventArguments, Task> listener) =>
        Add(socket, ToTask(listener), answers: false, isFirst: true);

    /// <summary>Removes all listeners of every event that the client sends.</summary>
    public static void OffAny(this Socket socket) => Hooks(socket).Incoming.RemoveAll(static _ => true);

    /// <summary>
    /// Calls a listener for every event that is emitted to the socket, alone or as one of many, before it is queued. Volatile events count
    /// even if they are dropped.
    /// </summary>
    /// <remarks>It is called on the thread that emits: it must not wait. An exception is logged.</remarks>
    /// <returns>Disposing it removes the listener.</returns>
    public static IDisposable OnAnyOutgoing(this Socket socket, Action<string, EventArguments> listener) => AddOutgoing(socket, listener, isFirst: false);

    /// <summary>As <see cref="OnAnyOutgoing"/>, but before the listeners that are there.</summary>
    public static IDisposable PrependAnyOutgoing(this Socket socket, Action<string, EventArguments> listener) => AddOutgoing(socket, listener, isFirst: true);

    /// <summary>Removes all listeners of every event that is emitted to the socket.</summary>
    public static void OffAnyOutgoing(this Socket socket) => Hooks(socket).Outgoing.RemoveAll(static _ => true);

    /// <summary>
    /// Asks something before each event of the client is handled, in the order of registration: whatever returns lets it pass. Throwing a
    /// <see cref="SocketIOException"/> refuses it, and tells the sender's ack; any other exception is logged, and told without details.
    /// </summary>
    /// <example><code>
    /// socket.Use((name, arguments) => name.StartsWith("admin:") &amp;&amp; !isAdmin
    ///     ? throw new SocketIOException("forbidden", "Only for administrators.")
    ///     : Task.CompletedTask);
    /// </code></example>
    public static void Use(this Socket socket, Func<string, EventArguments, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);

        Hooks(socket).Middleware.Add(middleware);
    }

    /// <summary>The listeners of all incoming events, in the order in which they are called. Disposing one removes it.</summary>
    public static IReadOnlyList<IDisposable> ListenersAny(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);

        return socket.Hooks is { } hooks ? [.. hooks.Incoming.Items] : [];
    }

    /// <summary>The listeners of all outgoing events, in the order in which they are called. Disposing one removes it.</summary>
    public static IReadOnlyList<IDisposable> ListenersAnyOutgoing(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);

        return socket.Hooks is { } hooks ? [.. hooks.Outgoing.Items] : [];
    }

    private static AnyListener AddOutgoing(Socket socket, Action<string, EventArguments> listener, bool isFirst) =>
        Add(Hooks(socket).Outgoing, ToTask(listener), answers: false, isFirst);

    private static AnyListener Add(Socket socket, Func<string, EventArguments, Ack, Task> listener, bool answers, bool isFirst)
    {
        ArgumentNullException.ThrowIfNull(listener);

        return Add(Hooks(socket).Incoming, listener, answers, isFirst);
    }

    private static AnyListener Add(Collections.CopyOnWriteList<AnyListener> list, Func<string, EventArguments, Ack, Task> listener, bool answers, bool isFirst)
    {
        var added = new AnyListener(list, listener, answers);

        if (isFirst)
        {
            list.AddFirst(added);
        }
        else
        {
            list.Add(added);
        }

        return added;
    }

    private static SocketHooks Hooks(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);

        return socket.EnsureHooks();
    }

    private static Func<string, EventArguments, Ack, Task> ToTask(Action<string, EventArguments> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);

        return (name, arguments, _) =>
        {
            listener(name, arguments);
            return Task.CompletedTask;
        };
    }

    private static Func<string, EventArguments, Ack, Task> ToTask(Func<string, EventArguments, Task> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);

        return (name, arguments, _) => listener(name, arguments);
    }
}
