using System.Collections.Concurrent;
using Salon.SocketIO.Protocol;
using Salon.Timing;

namespace Salon.SocketIO.Adapters;

/// <summary>Delivers within this process. Thread-safe.</summary>
internal sealed class LocalAdapter(DeadlineScheduler deadlines) : IAdapter
{
    private readonly RoomIndex _rooms = new();
    private readonly ConcurrentDictionary<long, AckCollector> _collectors = new();

    public ValueTask AddAsync(Socket socket)
    {
        _rooms.Add(socket);
        return default;
    }

    public ValueTask JoinAsync(Socket socket, string room)
    {
        _rooms.Join(socket, room);
        return default;
    }

    public ValueTask LeaveAsync(Socket socket, string room)
    {
        _rooms.Leave(socket, room);
        return default;
    }

    public ValueTask RemoveAsync(Socket socket)
    {
        _rooms.Remove(socket);

        foreach (var (_, collector) in _collectors)
        {
            collector.OnRemoved(socket);
        }

        return default;
    }

    public IReadOnlySet<string> GetRooms(Socket socket) => _rooms.GetRooms(socket);

    public IReadOnlyCollection<Socket> GetSockets(BroadcastOptions options) => GetRecipients(options);

    public IReadOnlyDictionary<string, int> GetRoomCounts() => _rooms.GetCounts();

    public ValueTask BroadcastAsync(EncodedPacket packet, BroadcastOptions options)
    {
        Deliver(packet, options, Select(options));
        return default;
    }

    public async Task<BroadcastAcks> BroadcastWithAckAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout)
    {
        var id = packet.Header.Id ?? throw new ArgumentException("The packet has no number to answer with.", nameof(packet));
        var recipients = GetRecipients(options);
        var collector = new AckCollector(recipients, deadlines.Cancel);

        // Registered before sending: an answer may arrive before the sending returns.
        _collectors[id] = collector;

        try
        {
            deadlines.Schedule(collector, timeout);
            Deliver(packet, options, new Selection(recipients, Without: null));
            collector.Start();
            return await collector.Ended;
        }
        finally
        {
            _collectors.TryRemove(id, out _);
        }
    }

    public void OnAck(Socket socket, long id, in JsonPayload payload)
    {
        if (_collectors.TryGetValue(id, out var collector))
        {
            collector.OnAck(socket, payload);
        }
    }

    public ValueTask DisposeAsync() => default;

    private Socket[] GetRecipients(BroadcastOptions options) => [.. Select(options).ToCollection().Where(static socket => socket.Connected)];

    private Selection Select(BroadcastOptions options) => _rooms.Select(options.Rooms, options.Except);

    private static void Deliver(EncodedPacket packet, BroadcastOptions options, Selection selection)
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
    }
}
