using Microsoft.Extensions.Logging;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Connections;

/// <summary>
/// How a socket comes into a namespace: past the limiter and the middleware, into its rooms, and to the handlers of connections; or how its client
/// is told why not. It has no state of its own. Thread-safe.
/// </summary>
internal sealed partial class NamespaceEntrance(Namespace owner)
{
    /// <summary>Takes a client through the middleware and in, or tells it why not. Never fails.</summary>
    public async Task ConnectAsync(Client client, Socket socket, SavedSession? session)
    {
        try
        {
            await LetInAsync(client, socket, session);
        }
        catch (Exception exception)
        {
            // The limiter, the adapter or the parser: each may be somebody else's.
            owner.Server.Guard.Fail(nameof(ConnectAsync), exception, owner.Name, Log.ConnectFailed);
            await TurnAwayAsync(client, socket, session);
        }
    }

    private async Task LetInAsync(Client client, Socket socket, SavedSession? session)
    {
        if (AskLimiter(socket) is { } limited)
        {
            // Its state waits for it.
            client.Refuse(socket, limited);
            session?.Restore();
            owner.Exit(socket);
            return;
        }

        var isTrusted = session is not null && owner.Recovery!.SkipsMiddleware;

        if (!isTrusted && await AskMiddlewareAsync(socket) is { } error)
        {
            session?.Abandon();
            client.Refuse(socket, error);
            owner.Forget(socket);
            return;
        }

        await owner.Adapter.AddAsync(socket);

        foreach (var room in session?.Rooms.Where(room => room != socket.Id) ?? [])
        {
            await RejoinAsync(socket, room);
        }

        owner.Add(socket);

        if (client.TryAdmit(socket, session))
        {
            socket.Start(RunConnectionHandlersAsync(socket));
        }
        else
        {
            // The connection ended during the middleware: nobody heard of the socket, and nobody will, but the client may try again.
            owner.Forget(socket);
            session?.Restore();
        }
    }

    /// <summary>Something failed on the way in: the client is told, and nothing of the socket stays.</summary>
    private async Task TurnAwayAsync(Client client, Socket socket, SavedSession? session)
    {
        if (socket.Connected)
        {
            // It counts as connected, but its client may never have read so.
            owner.Server.Guard.Call(nameof(Socket.Disconnect), socket, static socket => socket.Disconnect(close: true));
            return;
        }

        // Its state waits for it.
        session?.Restore();
        owner.Server.Guard.Call(nameof(Client.Refuse), (client, socket), static refused => refused.client.Refuse(refused.socket, new ConnectError("Internal error")));
        await owner.TakeOutAsync(socket);
    }

    /// <summary>Puts a socket that came back into a room that it was in, unless the middleware has filled its place.</summary>
    private async ValueTask RejoinAsync(Socket socket, string room)
    {
        try
        {
            await owner.Adapter.JoinAsync(socket, room);
        }
        catch (SocketIOException exception)
        {
            Log.NotRejoined(owner.Server.Logger, owner.Name, exception.Message);
        }
    }

    private ConnectError? AskLimiter(Socket socket)
    {
        if (RateLimiting.Ask(owner.Server.Options.ConnectLimiter, socket.Handshake) is not { } retryAfter)
        {
            return null;
        }

        owner.Server.Metrics.OnConnectLimited();
        return new ConnectError("Too many connections", new RateLimitedReply("rate_limited", retryAfter.TotalSeconds));
    }

    private async Task<ConnectError?> AskMiddlewareAsync(Socket socket)
    {
        try
        {
            foreach (var middleware in owner.Parent is null ? owner.Handlers.Middleware : [.. owner.Parent.Handlers.Middleware, .. owner.Handlers.Middleware])
            {
                if (await middleware(socket) is { } error)
                {
                    return error;
                }
            }

            return null;
        }
        catch (Exception exception)
        {
            owner.Server.Guard.Fail(nameof(Namespace.Use), exception, owner.Name, Log.MiddlewareFailed);
            return new ConnectError("Internal error");
        }
    }

    private async Task RunConnectionHandlersAsync(Socket socket)
    {
        foreach (var handler in owner.Parent is null ? owner.Handlers.Connection : [.. owner.Parent.Handlers.Connection, .. owner.Handlers.Connection])
        {
            try
            {
                await handler(socket);
            }
            catch (Exception exception)
            {
                owner.Server.Guard.Fail(nameof(Namespace.OnConnection), exception, owner.Name, Log.ConnectionHandlerFailed);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A middleware of {Namespace} failed; the client is refused.", EventName = nameof(MiddlewareFailed))]
        public static partial void MiddlewareFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(2, LogLevel.Error, "A connection handler of {Namespace} failed; the socket stays connected.", EventName = nameof(ConnectionHandlerFailed))]
        public static partial void ConnectionHandlerFailed(ILogger logger, Exception exception, string @namespace);

        [LoggerMessage(4, LogLevel.Warning, "A socket that came back to {Namespace} is not in all of its rooms again: {Reason}", EventName = nameof(NotRejoined))]
        public static partial void NotRejoined(ILogger logger, string @namespace, string reason);

        [LoggerMessage(5, LogLevel.Error, "A client could not be let into {Namespace}; it is told of an internal error.", EventName = nameof(ConnectFailed))]
        public static partial void ConnectFailed(ILogger logger, Exception exception, string @namespace);
    }
}
