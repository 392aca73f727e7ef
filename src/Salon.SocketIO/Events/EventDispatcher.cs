using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

/// <summary>
/// Calls the handlers of an event, one after the other. Whatever a handler does ends here: its exception is logged and told to the sender's
/// ack, and neither the socket nor the connection notices.
/// </summary>
internal static partial class EventDispatcher
{
    private const int MaxShownName = 100;

    /// <returns>A task that completes when the handlers have, and never fails.</returns>
    public static Task DispatchAsync(Socket socket, in Packet packet)
    {
        var ack = packet.Id is { } id ? new Ack(socket, id) : Ack.None;

        if (packet.Payload.EventName.IsEmpty)
        {
            return Task.CompletedTask;
        }

        if (socket.Namespace.Server.Options.EventLimiter is { } limiter && !TryAcquire(limiter, socket, ack, out var refusal))
        {
            return refusal;
        }

        return socket.Hooks is { HasIncoming: true } hooks
            ? DispatchAsync(hooks, socket, packet.Detach(), ack)
            : DispatchAsync(socket, packet, ack, isAnswered: false);
    }

    private static bool TryAcquire(PartitionedRateLimiter<Socket> limiter, Socket socket, Ack ack, [NotNullWhen(false)] out Task? refusal)
    {
        refusal = null;

        try
        {
            if (RateLimiting.Ask(limiter, socket) is { } retryAfter)
            {
                socket.Namespace.Server.Metrics.OnEventLimited();
                refusal = ack.SendErrorAsync("rate_limited", "Too many events.", retryAfter);
            }
        }
        catch (Exception exception)
        {
            // Whether there were too many is not known: the event is not handled, and the next is asked about again.
            socket.Namespace.Server.Guard.Fail(nameof(SocketIOOptions.EventLimiter), exception);
            refusal = AnswerFailure(socket, ack);
        }

        return refusal is null;
    }

    /// <summary>Catch-all listeners and middleware come before the handlers.</summary>
    private static async Task DispatchAsync(SocketHooks hooks, Socket socket, Packet packet, Ack ack)
    {
        var name = Encoding.UTF8.GetString(packet.Payload.EventName.Span);
        var arguments = new EventArguments(packet.Payload, start: 1, socket.Codec);

        await hooks.CallListenersAsync(socket, name, arguments, ack);

        try
        {
            foreach (var middleware in hooks.Middleware.Items)
            {
                await middleware(name, arguments);
            }
        }
        catch (Exception exception)
        {
            await FailAsync(exception, name, socket, ack);
            return;
        }

        await DispatchAsync(socket, packet, ack, isAnswered: hooks.Incoming.Items.Any(static listener => listener.Answers));
    }

    private static Task DispatchAsync(Socket socket, in Packet packet, Ack ack, bool isAnswered)
    {
        var name = packet.Payload.EventName.Span;
        var space = socket.Namespace;
        EventListener? listener = null;

        if (!socket.Events.IsAlone(name, ref listener)
            || !space.Handlers.Events.IsAlone(name, ref listener)
            || (space.Parent is { } parent && !parent.Handlers.Events.IsAlone(name, ref listener)))
        {
            // Several: the second may be called after the message's memory went back to its owner.
            return DispatchToAllAsync(socket, packet.Detach(), ack);
        }

        if (listener is null)
        {
            return isAnswered || !space.Server.Options.AnswerUnknownEvents ? Task.CompletedTask : AnswerUnknown(ack, name);
        }

        return CallAsync(listener, socket, packet, ack);
    }

    private static async Task DispatchToAllAsync(Socket socket, Packet packet, Ack ack)
    {
        var space = socket.Namespace;

        foreach (var listener in (EventListener[])[.. socket.Events.Listeners, .. space.Handlers.Events.Listeners, .. space.Parent?.Handlers.Events.Listeners ?? []])
        {
            if (EventTable.IsFor(listener, packet.Payload.EventName.Span))
            {
                await CallAsync(listener, socket, packet, ack);
            }
        }
    }

    private static Task CallAsync(EventListener listener, Socket socket, in Packet packet, Ack ack)
    {
        if (!listener.TryTake())
        {
            return Task.CompletedTask;
        }

        Task handling;

        try
        {
            handling = listener.InvokeAsync(socket, packet, ack, out var error);

            if (error is not null)
            {
                Log.InvalidArguments(socket.Namespace.Server.Logger, listener.EventName, error);
                return ack.SendErrorAsync("invalid_argument", error);
            }

            // A delegate of somebody else may return anything.
            _ = handling ?? throw new InvalidOperationException("The handler returned no task.");
        }
        catch (Exception exception)
        {
            return FailAsync(exception, listener.EventName, socket, ack);
        }

        if (!handling.IsCompleted)
        {
            return WatchAsync(handling, listener, socket, ack);
        }

        return handling.IsCompletedSuccessfully ? handling : FailAsync(FailureOf(handling), listener.EventName, socket, ack);
    }

    private static async Task WatchAsync(Task handling, EventListener listener, Socket socket, Ack ack)
    {
        // A refusal is no exception to the rule: throwing it once more would cost as much as the rest of the event.
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (!handling.IsCompletedSuccessfully)
        {
            await FailAsync(FailureOf(handling), listener.EventName, socket, ack);
        }
    }

    private static Exception FailureOf(Task handling)
    {
        if (handling.Exception?.InnerException is { } failure)
        {
            return failure;
        }

        try
        {
            // Only so does a task that was cancelled say by what.
            handling.GetAwaiter().GetResult();
            return new TaskCanceledException(handling);
        }
        catch (OperationCanceledException exception)
        {
            return exception;
        }
    }

    private static Task FailAsync(Exception exception, string eventName, Socket socket, Ack ack)
    {
        if (exception is SocketIOException refusal)
        {
            Log.Refused(socket.Namespace.Server.Logger, eventName, refusal.Code, refusal.Message);
            return ack.SendErrorAsync(refusal.Code, refusal.Message, refusal.RetryAfter, hasFailed: true);
        }

        socket.Namespace.Server.Guard.Fail(nameof(SocketOnExtensions.On), exception, eventName, Log.HandlerFailed);
        return AnswerFailure(socket, ack);
    }

    private static Task AnswerFailure(Socket socket, Ack ack)
    {
        try
        {
            return ack.SendErrorAsync("internal_error", "The server failed to handle the event.", retryAfter: null, hasFailed: true);
        }
        catch (Exception exception)
        {
            // A parser of somebody else that cannot write answers.
            socket.Namespace.Server.Guard.Fail(nameof(IPacketParser.Encode), exception);
            return Task.CompletedTask;
        }
    }

    private static Task AnswerUnknown(Ack ack, ReadOnlySpan<byte> name)
    {
        if (!ack.IsRequested)
        {
            return Task.CompletedTask;
        }

        // Whoever invents a name of a megabyte does not get it back.
        var shown = name.Length > MaxShownName ? Encoding.UTF8.GetString(name[..MaxShownName]) + "…" : Encoding.UTF8.GetString(name);
        return ack.SendErrorAsync("unknown_event", $"Nobody listens to \"{shown}\".");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The handler of \"{EventName}\" failed.", EventName = nameof(HandlerFailed))]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string eventName);

        [LoggerMessage(2, LogLevel.Debug, "The handler of \"{EventName}\" refused: {Code}, {Reason}", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string eventName, string code, string reason);

        [LoggerMessage(3, LogLevel.Debug, "Wrong arguments for \"{EventName}\": {Reason}", EventName = nameof(InvalidArguments))]
        public static partial void InvalidArguments(ILogger logger, string eventName, string reason);
    }
}
