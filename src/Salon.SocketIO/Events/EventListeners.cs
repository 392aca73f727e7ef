using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

internal sealed class PlainEventListener(EventTable table, string eventName, bool isOnce, Delegate handler, Func<Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        error = null;
        return call();
    }
}

internal sealed class EventListener<T1>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}

internal sealed class EventListener<T1, T2>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, T2, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryNext(out T2 argument2)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1, argument2);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}

internal sealed class EventListener<T1, T2, T3>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryNext(out T2 argument2)
            && binder.TryNext(out T3 argument3)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1, argument2, argument3);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}

internal sealed class EventListener<T1, T2, T3, T4>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryNext(out T2 argument2)
            && binder.TryNext(out T3 argument3)
            && binder.TryNext(out T4 argument4)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1, argument2, argument3, argument4);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}

internal sealed class EventListener<T1, T2, T3, T4, T5>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, T5, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryNext(out T2 argument2)
            && binder.TryNext(out T3 argument3)
            && binder.TryNext(out T4 argument4)
            && binder.TryNext(out T5 argument5)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1, argument2, argument3, argument4, argument5);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}

internal sealed class EventListener<T1, T2, T3, T4, T5, T6>(EventTable table, string eventName, bool isOnce, Delegate handler, Func<T1, T2, T3, T4, T5, T6, Task> call)
    : EventListener(table, eventName, isOnce)
{
    public override Delegate Handler => handler;

    public override Task InvokeAsync(Socket socket, in Packet packet, Ack ack, out string? error)
    {
        var binder = new EventBinder(socket, packet, ack, this);

        if (binder.TryNext(out T1 argument1)
            && binder.TryNext(out T2 argument2)
            && binder.TryNext(out T3 argument3)
            && binder.TryNext(out T4 argument4)
            && binder.TryNext(out T5 argument5)
            && binder.TryNext(out T6 argument6)
            && binder.TryBegin())
        {
            error = null;
            return call(argument1, argument2, argument3, argument4, argument5, argument6);
        }

        error = binder.Error;
        return Task.CompletedTask;
    }
}
