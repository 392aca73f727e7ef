namespace Salon.SocketIO;

/// <summary>Registers handlers of events. Each takes as many arguments as it names, by type; further ones are ignored.</summary>
public static class SocketOnExtensions
{
    /// <summary>Calls a handler for every event of a name. Handlers of one name are called in the order of their registration.</summary>
    /// <remarks>
    /// Parameters are read from JSON by their type; <c>byte[]</c> and <c>ReadOnlyMemory&lt;byte&gt;</c> take binary data, <see cref="RawJson"/>
    /// takes any value unread, <see cref="EventArguments"/> takes all that are left, and <see cref="Ack"/> answers. A missing or null
    /// argument is an error unless the parameter is nullable. Wrong arguments are told to the sender's ack, and the handler is not called.
    /// <para>Events of one socket are handled one at a time and in order: the next waits for the handler's task. An exception is logged,
    /// answers the ack with an error, and ends nothing.</para>
    /// </remarks>
    /// <param name="socket">The socket.</param>
    /// <param name="eventName">The name that the client emits.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>Disposing it removes the handler.</returns>
    /// <exception cref="ArgumentException">The name is reserved: <c>connect</c>, <c>disconnect</c> and their like.</exception>
    /// <example><code>
    /// socket.On("say", (string room, string text) => io.To(room).EmitAsync("message", socket.Id, text));
    /// </code></example>
    public static IDisposable On(this Socket socket, string eventName, Action handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, () =>
        {
            handler();
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On(this Socket socket, string eventName, Func<Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1>(this Socket socket, string eventName, Action<T1> handler) =>
        Table(socket, handler).Add<T1>(eventName, isOnce: false, handler, argument1 =>
        {
            handler(argument1);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1>(this Socket socket, string eventName, Func<T1, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2>(this Socket socket, string eventName, Action<T1, T2> handler) =>
        Table(socket, handler).Add<T1, T2>(eventName, isOnce: false, handler, (argument1, argument2) =>
        {
            handler(argument1, argument2);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2>(this Socket socket, string eventName, Func<T1, T2, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3>(this Socket socket, string eventName, Action<T1, T2, T3> handler) =>
        Table(socket, handler).Add<T1, T2, T3>(eventName, isOnce: false, handler, (argument1, argument2, argument3) =>
        {
            handler(argument1, argument2, argument3);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3>(this Socket socket, string eventName, Func<T1, T2, T3, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4>(this Socket socket, string eventName, Action<T1, T2, T3, T4> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4>(eventName, isOnce: false, handler, (argument1, argument2, argument3, argument4) =>
        {
            handler(argument1, argument2, argument3, argument4);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4>(this Socket socket, string eventName, Func<T1, T2, T3, T4, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4, T5>(this Socket socket, string eventName, Action<T1, T2, T3, T4, T5> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4, T5>(eventName, isOnce: false, handler, (argument1, argument2, argument3, argument4, argument5) =>
        {
            handler(argument1, argument2, argument3, argument4, argument5);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4, T5>(this Socket socket, string eventName, Func<T1, T2, T3, T4, T5, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4, T5, T6>(this Socket socket, string eventName, Action<T1, T2, T3, T4, T5, T6> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4, T5, T6>(eventName, isOnce: false, handler, (argument1, argument2, argument3, argument4, argument5, argument6) =>
        {
            handler(argument1, argument2, argument3, argument4, argument5, argument6);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On<T1, T2, T3, T4, T5, T6>(this Socket socket, string eventName, Func<T1, T2, T3, T4, T5, T6, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: false, handler, handler);

    private static Events.EventTable Table(Socket socket, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(handler);

        return socket.Events;
    }
}
