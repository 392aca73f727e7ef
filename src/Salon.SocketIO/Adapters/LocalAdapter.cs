using System.Collections.Concurrent;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Recovery;

namespace Salon.SocketIO.Adapters;

/// <summary>Delivers within this process. Thread-safe.</summary>
internal sealed partial class LocalAdapter(Namespace owner) : IAdapter
{
    private readonly RoomIndex _rooms = new(owner.Server.Options.MaxRoomsPerSocket);
    private readonly ConcurrentDictionary<long, AckCollector> _collectors = new();

    public event Action<string>? RoomCreated;

    public event Action<string>? RoomDeleted;

    public event Action<string, string>? RoomJoined;

    public event Action<string, string>? RoomLeft;

    public ValueTask AddAsync(Socket socket)
    {
        _rooms.Add(socket);
        return default;
    }

    public ValueTask JoinAsync(Socket socket, string room)
    {
        var change = _rooms.Join(socket, room);

        if (change == RoomChange.TooManyRooms)
        {
            return ValueTask.FromException(new SocketIOException("too_many_rooms", "The socket is in as many rooms as it may be."));
        }

        OnJoined(socket, room, change);
        return default;
    }

    public ValueTask LeaveAsync(Socket socket, string room)
    {
        owner.Recovery?.Events.OnLeaving(socket);
        OnLeft(socket, room, _rooms.Leave(socket, room));
        return default;
    }

    public ValueTask RemoveAsync(Socket socket)
    {
        var changes = RoomLeft is null && RoomDeleted is null ? null : new List<(string Room, RoomChange Change)>();
        _rooms.Remove(socket, changes);

        foreach (var (room, change) in changes ?? [])
        {
            OnLeft(socket, room, change);
        }

        foreach (var (_, collector) in _collectors)
        {
            collector.OnRemoved(socket);
        }

        return default;
    }

    public IReadOnlySet<string> GetRooms(Socket socket) => _rooms.GetRooms(socket);

    public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => GetRecipients(options);

    /// <summary>Whether a room has members here.</summary>
    public bool HasRoom(string room) => _rooms.Contains(room);

    public IReadOnlyDictionary<string, int> GetRoomCounts() => _rooms.GetCounts();

    public ValueTask<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(BroadcastOptions options) =>
        new([.. GetRecipients(options).Select(static socket => new RemoteSocket(socket))]);

    public async ValueTask JoinSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        foreach (var socket in GetRecipients(options))
        {
            foreach (var room in rooms)
            {
                try
                {
                    await socket.JoinAsync(room);
                }
                catch (SocketIOException exception)
                {
                    // The others join nevertheless; those on other servers could not be told apart either.
                    Log.NotJoined(owner.Server.Logger, owner.Name, exception.Message);
                }
            }
        }
    }

    public async ValueTask LeaveSocketsAsync(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        foreach (var socket in GetRecipients(options))
        {
            foreach (var room in rooms)
            {
                await socket.LeaveAsync(room);
            }
        }
    }

    public ValueTask DisconnectSocketsAsync(BroadcastOptions options, bool close)
    {
        foreach (var socket in GetRecipients(options))
        {
            socket.Disconnect(close);
        }

        return default;
    }

    public ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options)
    {
        if (owner.Recovery is { } recovery)
        {
            return DeliverRecoverably(recovery, packet, options);
        }

        return Deliver(packet, options, Select(options));
    }

    /// <summary>Delivers an event that was read in the log which servers share.</summary>
    public void Deliver(EventPlace place, EncodedPacket packet, BroadcastOptions options) =>
        owner.Recovery!.Events.OnEvent(place, packet, options, stamped => owner.Server.Guard.Forget(nameof(Deliver), Deliver(stamped, options, Select(options))));

    public Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout) =>
        BroadcastWithAckAsync(packet, options, timeout, onCount: null, onAnswer: null);

    /// <inheritdoc cref="IAdapter.BroadcastWithAckAsync"/>
    /// <param name="packet">The event.</param>
    /// <param name="options">Whom it reaches.</param>
    /// <param name="timeout">How long answers are waited for.</param>
    /// <param name="onCount">Told how many recipients there are, before the first answer.</param>
    /// <param name="onAnswer">Told each answer as it comes.</param>
    public async Task<BroadcastAcks> BroadcastWithAckAsync(
        EncodedPacket packet,
        BroadcastOptions options,
        TimeSpan timeout,
        Action<int>? onCount,
        Action<RawJson>? onAnswer)
    {
        var id = packet.Header.Id ?? throw new ArgumentException("The packet has no number to answer with.", nameof(packet));
        var recipients = GetRecipients(options);
        var collector = new AckCollector(recipients, owner.Server.Deadlines.Cancel, onAnswer);
        onCount?.Invoke(recipients.Length);

        // Registered before sending: an answer may arrive before the sending returns.
        _collectors[id] = collector;

        try
        {
            owner.Server.Deadlines.Schedule(collector, timeout);
            owner.Server.Guard.Forget(nameof(Deliver), Deliver(packet, options, new Selection(recipients, Without: null)));
            collector.Start();
            return await collector.Ended;
        }
        finally
        {
            _collectors.TryRemove(id, out _);
        }
    }

    /// <summary>There are no others.</summary>
    public ValueTask ServerSideEmitAsync(EncodedPacket packet) => default;

    public Task<BroadcastAcks> ServerSideEmitWithAckAsync(EncodedPacket packet, TimeSpan timeout) => Task.FromResult(new BroadcastAcks([], 0));

    public void OnAck(Socket socket, long id, in JsonPayload payload)
    {
        if (_collectors.TryGetValue(id, out var collector))
        {
            collector.OnAck(socket, payload);
        }
    }

    public ValueTask DisposeAsync() => default;

    private void OnJoined(Socket socket, string room, RoomChange change)
    {
        if (change == RoomChange.MemberAndRoom)
        {
            owner.Server.Guard.Raise(nameof(RoomCreated), RoomCreated, room);
        }

        if (change != RoomChange.None)
        {
            owner.Server.Guard.Raise(nameof(RoomJoined), RoomJoined, room, socket.Id);
        }
    }

    private void OnLeft(Socket socket, string room, RoomChange change)
    {
        if (change != RoomChange.None)
        {
            owner.Server.Guard.Raise(nameof(RoomLeft), RoomLeft, room, socket.Id);
        }

        if (change == RoomChange.MemberAndRoom)
        {
            owner.Server.Guard.Raise(nameof(RoomDeleted), RoomDeleted, room);
        }
    }

    private Socket[] GetRecipients(BroadcastOptions options) => [.. Select(options).ToCollection().Where(static socket => socket.Connected)];

    private Selection Select(BroadcastOptions options) => _rooms.Select(options.Rooms, options.Except);

    // A method of its own: what a lambda captures is allocated where it is declared, also when the lambda is not needed.
    private ValueTask DeliverRecoverably(RecoveryStore store, EncodedPacket packet, BroadcastOptions options)
    {
        ValueTask delivered = default;
        store.Events.Emit(packet, options, stamped => delivered = Deliver(stamped, options, Select(options)));

        // What goes through a shared log is delivered later; who is slow now is waited for now.
        return store.IsShared && Waits(options) ? WaitForRoomAsync(GetRecipients(options), without: null) : delivered;
    }

    /// <returns>A task that completes when nobody is behind, where that is wanted.</returns>
    private ValueTask Deliver(EncodedPacket packet, BroadcastOptions options, Selection selection)
    {
        if (selection.Sockets is not Socket[] sockets)
        {
            sockets = [.. selection.Sockets];
        }

        foreach (var socket in sockets)
        {
            if (socket != selection.Without)
            {
                socket.Deliver(packet, options.IsVolatile);
            }
        }

        return Waits(options) ? WaitForRoomAsync(sockets, selection.Without) : default;
    }

    private bool Waits(BroadcastOptions options) => owner.SlowClients == SlowClients.Wait && !options.IsVolatile;

    private static ValueTask WaitForRoomAsync(Socket[] sockets, Socket? without)
    {
        List<Task>? waiting = null;

        foreach (var socket in sockets)
        {
            if (socket != without && socket.WaitForRoomAsync() is { IsCompleted: false } wait)
            {
                (waiting ??= []).Add(wait);
            }
        }

        return waiting is null ? default : new ValueTask(Task.WhenAll(waiting));
    }
}
