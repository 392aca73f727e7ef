using Salon.Supervision;

namespace Salon.SocketIO.Redis.Sharded;

/// <summary>
/// The channels of the rooms that have members here. Rooms come and go from any thread, and what is told of them may be out of order by
/// the time it is told: each time, what is so is looked up under the lock. One subscription for each room at most.
/// </summary>
internal sealed class RoomChannels(Func<string, bool> hasRoom, Func<string, Listening> listen, Guard guard)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Listening> _rooms = new(StringComparer.Ordinal);
    private bool _isClosed;

    /// <summary>A room may have come or gone.</summary>
    public void OnChanged(string room)
    {
        Listening? ended = null;

        lock (_gate)
        {
            var isWanted = !_isClosed && hasRoom(room);
            var isThere = _rooms.ContainsKey(room);

            if (isWanted && !isThere)
            {
                // It only begins to listen, and waits for nobody.
                _rooms.Add(room, listen(room));
            }
            else if (!isWanted && isThere)
            {
                _rooms.Remove(room, out ended);
            }
        }

        if (ended is not null)
        {
            guard.Forget("RoomChannels.OnChanged", ended.DisposeAsync());
        }
    }

    /// <summary>Completes when what others send to a room arrives here.</summary>
    public Task WaitAsync(string room)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(room, out var listening) ? listening.Started : Task.CompletedTask;
        }
    }

    public async ValueTask CloseAsync()
    {
        List<Listening> open;

        lock (_gate)
        {
            _isClosed = true;
            open = [.. _rooms.Values];
            _rooms.Clear();
        }

        foreach (var listening in open)
        {
            await listening.DisposeAsync();
        }
    }
}
