namespace Salon.SocketIO;

/// <summary>Registers handlers that are called once. Apart from that they are like those of <see cref="SocketOnExtensions"/>.</summary>
public static class SocketOnceExtensions
{
    /// <summary>Calls a handler for the next event of a name.</summary>
    /// <inheritdoc cref="SocketOnExtensions.On(Socket, string, Action)"/>
    public static IDisposable Once(this Socket socket, string eventName, Action handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, () =>
        {
            handler();
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once(this Socket socket, string eventName, Func<Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1>(this Socket socket, string eventName, Action<T1> handler) =>
        Table(socket, handler).Add<T1>(eventName, isOnce: true, handler, argument1 =>
        {
            handler(argument1);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1>(this Socket socket, string eventName, Func<T1, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2>(this Socket socket, string eventName, Action<T1, T2> handler) =>
        Table(socket, handler).Add<T1, T2>(eventName, isOnce: true, handler, (argument1, argument2) =>
        {
            handler(argument1, argument2);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2>(this Socket socket, string eventName, Func<T1, T2, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3>(this Socket socket, string eventName, Action<T1, T2, T3> handler) =>
        Table(socket, handler).Add<T1, T2, T3>(eventName, isOnce: true, handler, (argument1, argument2, argument3) =>
        {
            handler(argument1, argument2, argument3);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3>(this Socket socket, string eventName, Func<T1, T2, T3, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4>(this Socket socket, string eventName, Action<T1, T2, T3, T4> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4>(eventName, isOnce: true, handler, (argument1, argument2, argument3, argument4) =>
        {
            handler(argument1, argument2, argument3, argument4);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4>(this Socket socket, string eventName, Func<T1, T2, T3, T4, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4, T5>(this Socket socket, string eventName, Action<T1, T2, T3, T4, T5> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4, T5>(eventName, isOnce: true, handler, (argument1, argument2, argument3, argument4, argument5) =>
        {
            handler(argument1, argument2, argument3, argument4, argument5);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4, T5>(this Socket socket, string eventName, Func<T1, T2, T3, T4, T5, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4, T5, T6>(this Socket socket, string eventName, Action<T1, T2, T3, T4, T5, T6> handler) =>
        Table(socket, handler).Add<T1, T2, T3, T4, T5, T6>(eventName, isOnce: true, handler, (argument1, argument2, argument3, argument4, argument5, argument6) =>
        {
            handler(argument1, argument2, argument3, argument4, argument5, argument6);
            return Task.CompletedTask;
        });

    /// <inheritdoc cref="Once(Socket, string, Action)"/>
    public static IDisposable Once<T1, T2, T3, T4, T5, T6>(this Socket socket, string eventName, Func<T1, T2, T3, T4, T5, T6, Task> handler) =>
        Table(socket, handler).Add(eventName, isOnce: true, handler, handler);

    private static Events.EventTable Table(Socket socket, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(handler);

        return socket.Events;
    }
}
