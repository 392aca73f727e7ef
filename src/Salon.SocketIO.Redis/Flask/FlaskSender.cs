namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// Tells the bus what one namespace does, as far as Python's form can say it. Nothing is told of sockets that are here, since nobody else has
/// them. Thread-safe.
/// </summary>
/// <param name="owner">The namespace.</param>
/// <param name="bus">The bus.</param>
/// <param name="cluster">The cluster of this server; <see langword="null"/> when it is in none.</param>
/// <param name="publishes">Whether anything is told at all.</param>
internal sealed class FlaskSender(Namespace owner, FlaskBus bus, string? cluster, bool publishes)
{
    // As Python and the reference make them.
    private const int SocketIdLength = 20;

    /// <summary>Publishes an event.</summary>
    public void Emit(EncodedPacket packet, BroadcastOptions options)
    {
        if (IsPublic(options) && TryFindRooms(options, out var rooms))
        {
            bus.Publish(bus.Writer.WriteEmit(packet, rooms, FindOthers(options.Except), callback: null, cluster));
        }
    }

    /// <summary>Whether somebody may answer whom only others know: it must be one client, since nobody would know how many more there are.</summary>
    public bool CanAsk(BroadcastOptions options) =>
        IsPublic(options) && options is { Rooms: [var sid], Except: [] } && IsForeignSocket(sid);

    /// <summary>Publishes an event to one client, and waits for the answer.</summary>
    /// <returns>The first value of the answer; <see langword="null"/> when there was none in time.</returns>
    public Task<RawJson?> AskAsync(EncodedPacket packet, BroadcastOptions options, TimeSpan timeout, CancellationToken giveUp) =>
        bus.Questions.AskAsync(
            id => bus.Publish(bus.Writer.WriteEmit(packet, options.Rooms, [], id, cluster)),
            timeout,
            giveUp);

    /// <summary>Puts sockets that are chosen by their ids into rooms.</summary>
    public void Join(BroadcastOptions options, IReadOnlyList<string> rooms) => Tell(FlaskMethod.EnterRoom, options, rooms);

    /// <summary>Takes sockets that are chosen by their ids out of rooms, or everybody out of a room that was chosen by its name.</summary>
    public void Leave(BroadcastOptions options, IReadOnlyList<string> rooms)
    {
        Tell(FlaskMethod.LeaveRoom, options, rooms);

        if (IsPublic(options) && options is { Rooms: [var room], Except: [] } && rooms.Contains(room) && !owner.Sockets.ContainsKey(room))
        {
            bus.Publish(bus.Writer.Write(FlaskMethod.CloseRoom, owner.Name, sid: null, room, cluster));
        }
    }

    /// <summary>Disconnects sockets that are chosen by their ids.</summary>
    public void Disconnect(BroadcastOptions options) => Tell(FlaskMethod.Disconnect, options, [null]);

    private void Tell(FlaskMethod method, BroadcastOptions options, IReadOnlyList<string?> rooms)
    {
        if (!IsPublic(options) || options.Except.Count > 0)
        {
            return;
        }

        foreach (var sid in options.Rooms.Where(IsForeignSocket))
        {
            foreach (var room in rooms)
            {
                bus.Publish(bus.Writer.Write(method, owner.Name, sid, room, cluster));
            }
        }
    }

    private bool IsPublic(BroadcastOptions options) => publishes && !options.IsLocal;

    /// <returns><see langword="false"/> when the event goes to sockets of this server alone.</returns>
    private bool TryFindRooms(BroadcastOptions options, out IReadOnlyList<string> rooms)
    {
        rooms = FindOthers(options.Rooms);
        return rooms.Count > 0 || options.Rooms.Count == 0;
    }

    private IReadOnlyList<string> FindOthers(IReadOnlyList<string> names) =>
        names.Any(owner.Sockets.ContainsKey) ? [.. names.Where(name => !owner.Sockets.ContainsKey(name))] : names;

    private bool IsForeignSocket(string name) =>
        name.Length == SocketIdLength
        && name.All(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_')
        && !owner.Sockets.ContainsKey(name);
}
