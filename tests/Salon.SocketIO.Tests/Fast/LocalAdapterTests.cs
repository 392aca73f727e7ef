using System.Text;
using Salon.SocketIO.Adapters;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>What is told of rooms and how long answers are waited for: <see cref="LocalAdapter"/>. Sockets without a connection; our clock.</summary>
[Trait("Stage", "fast")]
public sealed class LocalAdapterTests : IAsyncLifetime
{
    private readonly Parts _parts = new(static options => options.MaxRoomsPerSocket = 3);
    private readonly List<string> _told = [];
    private LocalAdapter _adapter = null!;

    public ValueTask InitializeAsync()
    {
        _adapter = (LocalAdapter)_parts.IO.Sockets.Adapter;
        _adapter.RoomCreated += room => Tell($"+{room}");
        _adapter.RoomDeleted += room => Tell($"-{room}");
        _adapter.RoomJoined += (room, id) => Tell($"{id}>{room}");
        _adapter.RoomLeft += (room, id) => Tell($"{id}<{room}");
        return default;
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    [Fact]
    public async Task A_room_comes_with_its_first_member_and_goes_with_its_last_and_each_is_told_once()
    {
        var (a, b) = (await AddAsync("a"), await AddAsync("b"));

        await _adapter.JoinAsync(a, "room");
        await _adapter.JoinAsync(a, "room");
        await _adapter.JoinAsync(b, "room");
        await _adapter.LeaveAsync(a, "room");
        await _adapter.LeaveAsync(a, "room");
        await _adapter.LeaveAsync(a, "another");
        await _adapter.RemoveAsync(b);
        await _adapter.RemoveAsync(b);

        Assert.Equal(["+room", "a>room", "b>room", "a<room", "b<room", "-room"], _told);
        Assert.Empty(_adapter.GetRooms(b));
        Assert.False(_adapter.HasRoom("room"));
    }

    [Fact]
    public async Task Whoever_fails_when_told_keeps_nobody_from_being_told_and_the_socket_is_in()
    {
        _adapter.RoomCreated += static _ => throw new InvalidOperationException();
        _adapter.RoomJoined += static (_, _) => throw new InvalidOperationException();
        var late = new List<string>();
        _adapter.RoomJoined += (room, id) => late.Add($"{id}>{room}");
        var a = await AddAsync("a");

        await _adapter.JoinAsync(a, "room");

        Assert.Equal(["a>room"], late);
        Assert.Contains("room", _adapter.GetRooms(a));
    }

    [Fact]
    public async Task Who_is_in_as_many_rooms_as_it_may_keeps_no_other_from_joining()
    {
        var (full, other) = (await AddAsync("full"), await AddAsync("other"));

        for (var i = 0; i < 3; i++)
        {
            await _adapter.JoinAsync(full, $"{i}");
        }

        Assert.Equal("too_many_rooms", (await Assert.ThrowsAsync<SocketIOException>(async () => await _adapter.JoinAsync(full, "more"))).Code);
        await _adapter.JoinSocketsAsync(BroadcastOptions.Everybody, ["more", "still more"]);

        Assert.Equal(["more", "other", "still more"], _adapter.GetRooms(other).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("more", _adapter.GetRooms(full));
        await _adapter.LeaveAsync(full, "0");
        await _adapter.JoinAsync(full, "more");
        Assert.Contains("more", _adapter.GetRooms(full));
    }

    [Fact]
    public async Task A_question_ends_with_the_last_answer_with_those_who_leave_or_with_its_time_and_no_later_answer_is_anybodys()
    {
        var (a, b) = (await AddAsync("a"), await AddAsync("b"));
        var (first, second, third) = (Ask(1), Ask(2), Ask(3));

        _adapter.OnAck(a, 1, Parts.Read("31[\"a1\"]").Payload);
        _adapter.OnAck(a, 1, Parts.Read("31[\"again\"]").Payload);
        _adapter.OnAck(b, 77, Parts.Read("31[\"nobody's\"]").Payload);
        _adapter.OnAck(b, 1, Parts.Read("31[\"b1\"]").Payload);
        Assert.Equal("\"a1\" \"b1\" of 2", await first.Soon());

        _adapter.OnAck(a, 2, Parts.Read("31[\"a2\"]").Payload);
        await _adapter.RemoveAsync(b);
        Assert.Equal("\"a2\" of 2", await second.Soon());

        _parts.Time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(third.IsCompleted);
        _parts.Time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(" of 2", await third.Soon());
        _adapter.OnAck(a, 3, Parts.Read("31[\"late\"]").Payload);
    }

    [Fact]
    public async Task A_question_to_nobody_waits_for_nobody_and_one_without_a_number_is_none()
    {
        var counts = new List<int>();

        var acks = await _adapter.BroadcastWithAckAsync(_parts.Event("ask", 1), BroadcastOptions.Everybody, TimeSpan.FromSeconds(10), counts.Add, onAnswer: null).Soon();

        Assert.Equal((0, 0), (acks.RecipientCount, acks.Responses.Count));
        Assert.Equal([0], counts);
        await Assert.ThrowsAsync<ArgumentException>(() => _adapter.BroadcastWithAckAsync(_parts.Event("ask"), BroadcastOptions.Everybody, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_question_may_wait_as_long_as_one_likes()
    {
        var a = await AddAsync("a");
        var asking = _adapter.BroadcastWithAckAsync(_parts.Event("ask", 1), BroadcastOptions.Everybody, TimeSpan.MaxValue);

        _parts.Time.Advance(TimeSpan.FromDays(1000));
        Assert.False(asking.IsCompleted);
        _adapter.OnAck(a, 1, Parts.Read("31[1]").Payload);

        Assert.Single((await asking.Soon()).Responses);
    }

    [Fact]
    public async Task However_many_answer_leave_and_ask_at_once_every_question_ends()
    {
        var sockets = new List<Socket>();

        for (var i = 0; i < 20; i++)
        {
            sockets.Add(await AddAsync($"{i}"));
        }

        var asked = Enumerable.Range(0, 50).Select(i => Ask(i)).ToList();

        await Task.WhenAll(
            Task.Run(() => sockets.ForEach(socket => Enumerable.Range(0, 50).ToList().ForEach(id => _adapter.OnAck(socket, id, Parts.Read("31[1]").Payload)))),
            Task.Run(async () =>
            {
                foreach (var socket in sockets.AsEnumerable().Reverse())
                {
                    await _adapter.RemoveAsync(socket);
                }
            })).Soon();

        Assert.All(await Task.WhenAll(asked).Soon(), static answer => Assert.EndsWith(" of 20", answer, StringComparison.Ordinal));
        Assert.Empty(_adapter.GetRoomCounts());
    }

    private async Task<Socket> AddAsync(string id)
    {
        var socket = _parts.Connect(id);
        await _adapter.AddAsync(socket);
        return socket;
    }

    private async Task<string> Ask(long id)
    {
        var acks = await _adapter.BroadcastWithAckAsync(_parts.Event("ask", id), BroadcastOptions.Everybody, TimeSpan.FromSeconds(10));
        return $"{string.Join(' ', acks.Responses.Select(static response => Encoding.UTF8.GetString(response.Utf8.Span)))} of {acks.RecipientCount}";
    }

    private void Tell(string what)
    {
        lock (_told)
        {
            _told.Add(what);
        }
    }
}
