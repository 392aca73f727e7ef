using System.Collections.Concurrent;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.App.Chat.Delivery;

/// <summary>
/// Sees to it that those who are in rooms here hear what is stored, by whatever process. Messages are told by those who store them; the
/// database is asked for what is missing, and from time to time for what nobody told. One <see cref="RoomDelivery"/> for each room that
/// this process knows, until the room is removed. Thread-safe.
/// </summary>
internal sealed partial class ChatDelivery : IDisposable
{
    // Messages of other processes may be on their way for a moment.
    private static readonly TimeSpan GapDelay = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ChatRoom, RoomDelivery> _rooms = new();
    private readonly ChatFeed _feed;
    private readonly IChatStore _store;
    private readonly ILogger _logger;
    private readonly Guard _guard;
    private readonly DeadlineScheduler _deadlines;

    public ChatDelivery(ChatFeed feed, IChatStore store, TimeProvider time, ILogger<ChatDelivery> logger)
    {
        (_feed, _store, _logger) = (feed, store, logger);
        _guard = new Guard(logger);
        _deadlines = new DeadlineScheduler(time, _guard);
    }

    /// <summary>The rooms that somebody is in here, each with the last message that was delivered.</summary>
    public IEnumerable<(ChatRoom Room, long Last)> Active
    {
        get
        {
            foreach (var (room, delivery) in _rooms)
            {
                if (delivery.Last is { } last)
                {
                    yield return (room, last);
                }
            }
        }
    }

    /// <inheritdoc cref="RoomDelivery.TryEnter"/>
    public bool TryEnter(ChatRoom room, long head, long reachedBefore)
    {
        while (true)
        {
            var delivery = Find(room);

            if (delivery.TryEnter(head, reachedBefore))
            {
                return true;
            }

            if (!delivery.IsRetired)
            {
                return false;
            }

            _rooms.TryRemove(new KeyValuePair<ChatRoom, RoomDelivery>(room, delivery));
        }
    }

    /// <inheritdoc cref="RoomDelivery.Leave"/>
    public void Leave(ChatRoom room) => Find(room).Leave();

    /// <inheritdoc cref="RoomDelivery.Add"/>
    public void Add(ChatRoom room, ChatMessage message) => Find(room).Add(message);

    /// <inheritdoc cref="RoomDelivery.OnHead"/>
    public void OnHead(ChatRoom room, long head, long reachedBefore) => Find(room).OnHead(head, reachedBefore);

    /// <inheritdoc cref="RoomDelivery.Reached"/>
    public long GetReached(ChatRoom room) => _rooms.TryGetValue(room, out var delivery) ? delivery.Reached : 0;

    /// <summary>The room has been removed: nothing is kept for it, unless somebody is in it.</summary>
    public void Forget(ChatRoom room)
    {
        if (_rooms.TryGetValue(room, out var delivery) && delivery.TryRetire())
        {
            _rooms.TryRemove(new KeyValuePair<ChatRoom, RoomDelivery>(room, delivery));
        }
    }

    public void Dispose() => _deadlines.Dispose();

    private RoomDelivery Find(ChatRoom room) => _rooms.GetOrAdd(
        room,
        static (room, owner) => new RoomDelivery(room, owner._feed.Deliver, owner.OnGap),
        this);

    private void OnGap(RoomDelivery delivery) => _deadlines.Schedule(new Fill(this, delivery), GapDelay);

    private async Task FillAsync(RoomDelivery delivery)
    {
        var (reached, early) = (delivery.Reached, delivery.Early);

        try
        {
            if (delivery.Last is { } last)
            {
                var (page, head) = await _store.ReadAfterAsync(delivery.Room, last, ChatLimits.HistoryPage);
                delivery.OnRead(head, reached, early);

                foreach (var message in page.Messages)
                {
                    delivery.Add(message);
                }
            }

            delivery.OnFilled();
        }
        catch (Exception exception)
        {
            // The room's delivery waits for this: whatever it was, it is tried again.
            Log.NotFilled(_logger, exception, delivery.Room.Name);
            _deadlines.Schedule(new Fill(this, delivery), RetryDelay);
        }
    }

    private sealed class Fill(ChatDelivery owner, RoomDelivery delivery) : Deadline
    {
        protected internal override void OnDue() => owner._guard.Run(nameof(FillAsync), (owner, delivery), static fill => fill.owner.FillAsync(fill.delivery));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Messages of {Room} are missing and could not be read; it is tried again.", EventName = nameof(NotFilled))]
        public static partial void NotFilled(ILogger logger, Exception exception, string room);
    }
}
