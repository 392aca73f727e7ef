using System.Text;
using Salon.EngineIO;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;
using Salon.Timing;

namespace Salon.SocketIO.Connections;

/// <summary>
/// One Engine.IO session as Socket.IO sees it: reads its packets and knows which namespaces it has joined. As a deadline, it is the time
/// in which it must join the first.
/// </summary>
internal sealed class Client : Deadline, IEngineHandler
{
    private static readonly ConnectError TooManyNamespaces = new("Too many namespaces", new RefusalReply("too_many_namespaces"));

    private readonly SocketTable _sockets = new();
    private readonly SocketIOServer _server;
    private readonly PacketReceiver _receiver;
    private volatile bool _isHeard;
    private volatile bool _isLate;

    public Client(SocketIOServer server, EngineSession session)
    {
        _server = server;
        Session = session;
        _receiver = new PacketReceiver(server, session, _sockets);
        server.Deadlines.Schedule(this, server.Options.FirstPacketTimeout < server.Options.ConnectTimeout ? server.Options.FirstPacketTimeout : server.Options.ConnectTimeout);
    }

    public EngineSession Session { get; }

    /// <summary>How many bytes are kept of a packet whose attachments are not all there.</summary>
    public long PendingBytes => _receiver.PendingBytes;

    /// <summary>Receives the packets of a session from its beginning.</summary>
    public static Client Open(SocketIOServer server, EngineSession session)
    {
        var client = new Client(server, session);

        if (session.IsOld())
        {
            // Old clients never ask for "/".
            server.Guard.Forget(nameof(ConnectAsync), client.ConnectAsync("/", auth: default));
        }

        return client;
    }

    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
    {
        _isHeard = true;
        return _receiver.TryReceive(data, isBinary, out var packet) ? RouteAsync(packet) : default;
    }

    public void OnClose(CloseReason reason)
    {
        var sockets = _sockets.Close();
        _server.Deadlines.Cancel(this);
        _receiver.Stop();

        foreach (var socket in sockets)
        {
            socket.OnDisconnected(reason.ToDisconnectReason());
        }
    }

    /// <summary>Tells the client that it is in, unless its connection ended meanwhile.</summary>
    public bool TryAdmit(Socket socket, SavedSession? session)
    {
        if (!socket.TryConnect())
        {
            return false;
        }

        _server.Deadlines.Cancel(this);

        if (socket is { PrivateId: not null, Namespace.Recovery: { } recovery })
        {
            recovery.Admit(socket, session, () => Greet(socket));
        }
        else
        {
            Greet(socket);
        }

        return true;
    }

    /// <summary>Tells the client that it may not come in.</summary>
    public void Refuse(Socket socket, ConnectError error)
    {
        _sockets.Discard(socket);

        SendError(socket.Namespace.Name, error);
    }

    /// <summary>Sends the client out of one namespace.</summary>
    public void Disconnect(Socket socket)
    {
        socket.Namespace.Recovery?.Events.OnLeaving(socket);

        if (_sockets.TryRemove(socket))
        {
            if (socket.Connected)
            {
                _server.Guard.Call(nameof(IPacketParser.Encode), (Client: this, socket.Namespace.Name), static left => left.Client.Session.TrySend(
                    EncodedPacket.Create(left.Client._server.Parser, PacketType.Disconnect, left.Name, id: null, default, []).Message));
            }

            socket.OnDisconnected(DisconnectReason.ServerNamespaceDisconnect);
        }
    }

    /// <summary>Sends the client out of all namespaces and closes the session.</summary>
    public void DisconnectAll()
    {
        foreach (var socket in _sockets.Copy())
        {
            Disconnect(socket);
        }

        Session.Close(CloseReason.ForcedServerClose);
    }

    /// <summary>The client said nothing in time, or joined no namespace.</summary>
    protected internal override void OnDue()
    {
        if (_sockets.HasConnected)
        {
            return;
        }

        var rest = _server.Options.ConnectTimeout - _server.Options.FirstPacketTimeout;

        if (_isHeard && !_isLate && rest > TimeSpan.Zero && Session.IsOpen)
        {
            _isLate = true;
            _server.Deadlines.ScheduleNext(this, rest);
        }
        else
        {
            Session.Close(CloseReason.ForcedServerClose);
        }
    }

    private ValueTask RouteAsync(in Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connect:
                return ConnectAsync(packet);

            case PacketType.Event when _sockets.TryFind(packet.Namespace, out var socket):
                return socket?.OnEventAsync(packet) ?? default;

            case PacketType.Ack when _sockets.TryFind(packet.Namespace, out var socket):
                if (packet.Id is { } id)
                {
                    socket?.OnAck(id, packet.Payload);
                }

                return default;

            case PacketType.Disconnect when _sockets.TryFind(packet.Namespace, out var socket):
                if (socket is not null && _sockets.TryRemove(socket))
                {
                    socket.OnDisconnected(DisconnectReason.ClientNamespaceDisconnect);
                }

                return default;

            default:
                // For a namespace that the client never joined, or of a type that only servers send.
                Session.Close(CloseReason.ForcedClose);
                return default;
        }
    }

    private ValueTask ConnectAsync(in Packet packet)
    {
        var (name, auth) = Session.IsOld() ? OldClients.ParseNamespace(packet.Namespace) : (packet.Namespace, packet.Payload.Json);

        // Before anything is kept or asked: the payload lives as long as the socket.
        if (Encoding.UTF8.GetByteCount(name) > PacketReceiver.MaxNamespaceBytes)
        {
            Session.Close(CloseReason.ForcedClose);
            return default;
        }

        if (auth.Length > _server.Options.MaxAuthBytes)
        {
            SendError(name, new ConnectError("Auth payload too large", new RefusalReply("auth_too_large")));
            return default;
        }

        if (_sockets.IsFull(name, _server.Options.MaxNamespacesPerClient))
        {
            SendError(name, TooManyNamespaces);
            return default;
        }

        return ConnectAsync(name, auth);
    }

    private ValueTask ConnectAsync(string name, ReadOnlyMemory<byte> auth)
    {
        var entering = _server.EnterAsync(name, auth, Session.Handshake.RemoteAddress);

        if (!entering.IsCompletedSuccessfully)
        {
            return ConnectAsync(name, entering, auth.ToArray());
        }

        var entered = entering.Result;

        if (entered.Namespace?.Recovery is not null && !Session.IsOld())
        {
            return ConnectAsync(name, new ValueTask<NamespaceEntry>(entered), auth.ToArray());
        }

        Connect(name, entered, new Handshake(Session.Handshake, auth), session: null);
        return default;
    }

    private async ValueTask ConnectAsync(string name, ValueTask<NamespaceEntry> entering, ReadOnlyMemory<byte> auth)
    {
        var entered = await entering;
        var handshake = new Handshake(Session.Handshake, auth);

        // Where the past cannot be found, the client is a new one.
        var session = entered.Namespace?.Recovery is { } recovery && !Session.IsOld()
            ? await _server.Guard.AskAsync(
                nameof(IClusterLog.TakeSessionAsync),
                (recovery, handshake.Auth, Session),
                static ask => ask.recovery.TakeAsync(ask.Auth, ask.Session),
                otherwise: null)
            : null;

        Connect(name, entered, handshake, session);
    }

    private void Connect(string name, NamespaceEntry entry, Handshake handshake, SavedSession? session)
    {
        if (entry.Namespace is not { } entered)
        {
            SendError(name, entry.IsFull ? TooManyNamespaces : new ConnectError("Invalid namespace"));
            return;
        }

        var socket = new Socket(entered, this, handshake, session);

        // Asking twice is harmless: there is one socket, and the client gets one answer.
        if (_sockets.TryAdd(socket))
        {
            // It tells the client how it ends.
            _server.Guard.Forget(nameof(NamespaceEntrance.ConnectAsync), entered.Entrance.ConnectAsync(this, socket, session));
        }
        else
        {
            session?.Restore();
            entered.Exit(socket);
        }
    }

    private void Greet(Socket socket)
    {
        // Sending only queues.
        lock (socket.GreetingGate)
        {
            if (Session.IsOld())
            {
                Session.TrySend(EncodedPacket.Create(_server.Parser, PacketType.Connect, socket.Namespace.Name, id: null, default, []).Message);
            }
            else
            {
                Send(PacketType.Connect, socket.Namespace.Name, new ConnectReply(socket.Id, socket.PrivateId));
            }

            socket.OnGreeted();
        }
    }

    private void SendError(string name, ConnectError error)
    {
        if (Session.IsOld())
        {
            Send(PacketType.ConnectError, name, error.Data ?? error.Message);
        }
        else
        {
            Send(PacketType.ConnectError, name, new ConnectErrorReply(error.Message, error.Data));
        }
    }

    private void Send<T>(PacketType type, string name, T value)
    {
        using var payload = PayloadBuilder.WriteValue(_server.Codec, value);
        Session.TrySend(EncodedPacket.Create(_server.Parser, type, name, id: null, payload.Json, payload.Attachments).Message);
    }
}
