using System.Net;
using Microsoft.AspNetCore.Http;
using Salon.EngineIO.Transports;
using Salon.Http;
using Salon.Timing;

namespace Salon.EngineIO;

/// <content>The sessions: who comes in, who is found, who leaves.</content>
public sealed partial class EngineServer
{
    /// <summary>Whether there is room for one more session of this address.</summary>
    internal AddressVerdict LookForPlace(IPAddress? address) => _places.Look(ClientAddress.Of(address));

    /// <summary>Opens a session, or returns <see langword="null"/> when its id is taken, or just now the last place.</summary>
    internal EngineSession? TryOpen(HttpContext context, string id, int protocol, ISessionTransport transport)
    {
        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);

        if (_places.TryAdd(address) != AddressVerdict.Counted)
        {
            return null;
        }

        var handshake = new EngineHandshake(context, _timeProvider.GetUtcNow(), Options.MaxHandshakeHeaderBytes);
        var session = new EngineSession(this, id, protocol, handshake, transport);

        if (!_sessions.TryAdd(id, session))
        {
            _places.Remove(address);
            return null;
        }

        Metrics.OnOpened(transport.Kind);
        return session;
    }

    /// <summary>Gives the session to its handler.</summary>
    /// <returns><see langword="false"/> when no handler could be made: the session is closed, and nobody has heard of it.</returns>
    internal bool TryStart(EngineSession session)
    {
        Guard.Raise(nameof(Connection), Connection, session);

        if (!session.TryOpen(_createHandler))
        {
            return false;
        }

        if (_isClosed)
        {
            // Opened while the others were being closed.
            session.Close(CloseReason.ServerShuttingDown);
        }

        return true;
    }

    /// <summary>Finds a session, open or waiting for its last poll.</summary>
    internal EngineSession? Find(string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            return null;
        }

        if (session.IsExpired)
        {
            session.Close(CloseReason.PingTimeout);
            return null;
        }

        return session;
    }

    internal void OnClosed(EngineSession session, EngineTransport transport, CloseReason reason)
    {
        Metrics.OnClosed(transport, reason);

        if (reason == CloseReason.TooSlow)
        {
            _slowClients.OnClosed();
        }

        if (transport == EngineTransport.Polling && reason.WaitForNextPoll() is { } time)
        {
            Deadlines.Schedule(new Linger(this, session), time);
        }
        else
        {
            Forget(session);
        }
    }

    /// <summary>Lets go of a session that has ended; only then its place is free. Calling it again does no harm.</summary>
    internal void Forget(EngineSession session)
    {
        if (_sessions.TryRemove(new KeyValuePair<string, EngineSession>(session.Id, session)))
        {
            _places.Remove(ClientAddress.Of(session.Handshake.RemoteAddress));
        }
    }

    /// <summary>The end of a closed session's wait for its last poll.</summary>
    private sealed class Linger(EngineServer server, EngineSession session) : Deadline
    {
        protected internal override void OnDue() => server.Forget(session);
    }
}
