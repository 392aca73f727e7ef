using Salon.EngineIO;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;
using Salon.Timing;

namespace Salon.SocketIO.Connections;

/// <summary>
/// One Engine.IO session as Socket.IO sees it: reads its packets and knows which namespaces it has joined. As a deadline, it is the time
/// in which it must join the first. The lock protects the lists; nothing is called or sent under it.
/// </summary>
internal sealed class Client : Deadline, IEngineHandler
{
    private readonly Lock _gate = new();
    private readonly SocketIOServer _server;
    private readonly IPacketDecoder _decoder;
    private readonly List<Socket> _sockets = new(capacity: 1);
    private LeftNamespaces? _left;
    private bool _isClosed;

    public Client(SocketIOServer server, EngineSession session)
    {
        _server = server;
        Session = session;
        _decoder = server.Options.Parser?.CreateDecoder() ?? new PacketDecoder(server.Options.MaxAttachments);
        server.Deadlines.Schedule(this, server.Options.ConnectTimeout);
    }

    public EngineSession Session { get; }

    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
    {
        var status = isBinary ? _decoder.AddBinary(data.Span, out var packet) : _decoder.Add(data, out packet);

        switch (status)
        {
            case DecodeStatus.Complete:
                return RouteAsync(packet);

            case DecodeStatus.Invalid:
                Session.Close(CloseReason.ForcedClose);
                break;
        }

        return default;
    }

    public void OnClose(CloseReason reason)
    {
        Socket[] sockets;

        lock (_gate)
        {
            _isClosed = true;
            sockets = [.. _sockets];
            _sockets.Clear();
        }

        _server.Deadlines.Cancel(this);

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

        if (socket.Namespace.Recovery is { } recovery)
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
        lock (_gate)
        {
            _sockets.Remove(socket);
        }

        Send(PacketType.ConnectError, socket.Namespace.Name, new ConnectErrorReply(error.Message, error.Data));
    }

    /// <summary>Sends the client out of one namespace.</summary>
    public void Disconnect(Socket socket)
    {
        if (TryRemove(socket))
        {
            if (socket.Connected)
            {
                Session.TrySend(EncodedPacket.Create(_server.Options.Parser, PacketType.Disconnect, socket.Namespace.Name, id: null, default, []).Message);
            }

            socket.OnDisconnected(DisconnectReason.ServerNamespaceDisconnect);
        }
    }

    /// <summary>Sends the client out of all namespaces and closes the session.</summary>
    public void DisconnectAll()
    {
        Socket[] sockets;

        lock (_gate)
        {
            sockets = [.. _sockets];
        }

        foreach (var socket in sockets)
        {
            Disconnect(socket);
        }

        Session.Close(CloseReason.ForcedServerClose);
    }

    /// <summary>The client joined no namespace in time.</summary>
    protected internal override void OnDue()
    {
        lock (_gate)
        {
            if (_sockets.Exists(static socket => socket.Connected))
            {
                return;
            }
        }

        Session.Close(CloseReason.ForcedServerClose);
    }

    private ValueTask RouteAsync(in Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connect:
                return ConnectAsync(packet);

            case PacketType.Event when TryFind(packet.Namespace, out var socket):
                return socket?.OnEventAsync(packet) ?? default;

            case PacketType.Ack when TryFind(packet.Namespace, out var socket):
                if (packet.Id is { } id)
                {
                    socket?.OnAck(id, packet.Payload);
                }

                return default;

            case PacketType.Disconnect when TryFind(packet.Namespace, out var socket):
                if (socket is not null && TryRemove(socket))
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
        var auth = packet.Payload.Json;
        var entering = _server.EnterAsync(packet.Namespace, auth);

        if (!entering.IsCompletedSuccessfully)
        {
            return ConnectAsync(packet.Namespace, entering, auth.ToArray());
        }

        var entered = entering.Result;

        if (entered?.Recovery is not null)
        {
            return ConnectAsync(packet.Namespace, new ValueTask<Namespace?>(entered), auth.ToArray());
        }

        Connect(packet.Namespace, entered, new Handshake(Session.Handshake, auth), session: null);
        return default;
    }

    private async ValueTask ConnectAsync(string name, ValueTask<Namespace?> entering, ReadOnlyMemory<byte> auth)
    {
        var entered = await entering;
        var handshake = new Handshake(Session.Handshake, auth);
        var session = entered?.Recovery is { } recovery ? await recovery.TakeAsync(handshake.Auth, Session) : null;

        Connect(name, entered, handshake, session);
    }

    private void Connect(string name, Namespace? entered, Handshake handshake, SavedSession? session)
    {
        if (entered is null)
        {
            Send(PacketType.ConnectError, name, new ConnectErrorReply("Invalid namespace", null));
            return;
        }

        var socket = new Socket(entered, this, handshake, session);
        bool isWelcome;

        lock (_gate)
        {
            // Asking twice is harmless: there is one socket, and the client gets one answer.
            isWelcome = !_isClosed && !_sockets.Exists(other => other.Namespace == entered);

            if (isWelcome)
            {
                _sockets.Add(socket);
            }
        }

        if (isWelcome)
        {
            // It tells the client how it ends, and never fails.
            _ = entered.ConnectAsync(this, socket, session);
        }
        else
        {
            session?.Restore();
            entered.Exit(socket);
        }
    }

    /// <summary>Finds the socket that a packet is for.</summary>
    /// <param name="name">The packet's namespace.</param>
    /// <param name="socket"><see langword="null"/> when the client has just left, and the packet was on its way: it is ignored.</param>
    /// <returns><see langword="false"/> when the client has no business in that namespace.</returns>
    private bool TryFind(string name, out Socket? socket)
    {
        lock (_gate)
        {
            foreach (var candidate in _sockets)
            {
                if (candidate.Namespace.Name == name && candidate.Connected)
                {
                    socket = candidate;
                    return true;
                }
            }

            socket = null;
            return _left?.Contains(name) ?? false;
        }
    }

    private bool TryRemove(Socket socket)
    {
        lock (_gate)
        {
            if (!_sockets.Remove(socket))
            {
                return false;
            }

            (_left ??= new LeftNamespaces()).Add(socket.Namespace.Name);
            return true;
        }
    }

    private void Greet(Socket socket)
    {
        Send(PacketType.Connect, socket.Namespace.Name, new ConnectReply(socket.Id, socket.PrivateId));
        socket.OnGreeted();
    }

    private void Send<T>(PacketType type, string name, T value)
    {
        using var payload = PayloadBuilder.WriteValue(_server.Codec, value);
        Session.TrySend(EncodedPacket.Create(_server.Options.Parser, type, name, id: null, payload.Json, payload.Attachments).Message);
    }
}
