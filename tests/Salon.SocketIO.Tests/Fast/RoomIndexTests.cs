using Salon.SocketIO.Adapters;

namespace Salon.SocketIO.Tests.Fast;

[Trait("Stage", "fast")]
public class RoomIndexTests
{
    private readonly RoomIndex _rooms = new(maxRooms: 100_000);

    [Fact]
    public async Task Many_rooms_are_found_by_name_and_not_one_after_the_other()
    {
        await using var parts = new Parts();
        var rooms = new SocketRooms(parts.Connect("a"), new Room(""));

        for (var i = 0; i < 8; i++)
        {
            rooms.Add(new Membership(rooms.Socket, new Room($"{i}")));
            Assert.NotNull(rooms.Next);
        }

        rooms.Add(new Membership(rooms.Socket, new Room("8")));

        // The list is what would be searched.
        Assert.Null(rooms.Next);
        Assert.Equal(Enumerable.Range(0, 9).Select(static i => $"{i}"), rooms.All.Select(static membership => membership.Room.Name).Order());
        Assert.All(Enumerable.Range(0, 9), i => Assert.Equal($"{i}", rooms.Find($"{i}")!.Room.Name));
        Assert.Null(rooms.Find("9"));
        Assert.Equal(9, rooms.Cost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(20_000)]
    public async Task A_socket_joins_and_leaves_any_number_of_rooms(int count)
    {
        await using var parts = new Parts();
        var (socket, other) = (parts.Connect("a"), parts.Connect("b"));
        _rooms.Add(socket);
        _rooms.Add(other);
        _rooms.Join(other, "0");

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i == 0 ? RoomChange.Member : RoomChange.MemberAndRoom, _rooms.Join(socket, $"{i}"));
            Assert.Equal(RoomChange.None, _rooms.Join(socket, $"{i}"));
        }

        Assert.Equal(count + 1, _rooms.GetRooms(socket).Count);
        Assert.Equal([socket, other], _rooms.Select(["0", $"{count - 1}"], []).ToCollection().OrderBy(static member => member.Id));

        for (var i = 0; i < count; i += 2)
        {
            Assert.Equal(i == 0 ? RoomChange.Member : RoomChange.MemberAndRoom, _rooms.Leave(socket, $"{i}"));
            Assert.Equal(RoomChange.None, _rooms.Leave(socket, $"{i}"));
        }

        Assert.Equal((count / 2) + 1, _rooms.GetRooms(socket).Count);
        Assert.Equal((count / 2) + 1, _rooms.GetCounts().Count);
        Assert.Equal(RoomChange.Member, _rooms.Join(socket, "0"));
        _rooms.Remove(socket, changes: null);
        Assert.Equal(["0"], _rooms.GetCounts().Keys);
        Assert.Empty(_rooms.GetRooms(socket));
    }

    [Fact]
    public async Task The_limit_counts_rooms_and_long_names_and_gives_back_what_is_left()
    {
        await using var parts = new Parts();
        var index = new RoomIndex(maxRooms: 12);
        var socket = parts.Connect("a");
        index.Add(socket);

        for (var i = 0; i < 10; i++)
        {
            index.Join(socket, $"{i}");
        }

        Assert.Equal(RoomChange.TooManyRooms, index.Join(socket, new string('x', 512)));
        Assert.Equal(RoomChange.MemberAndRoom, index.Join(socket, new string('x', 511)));
        Assert.Equal(RoomChange.TooManyRooms, index.Join(socket, "one more"));
        Assert.Equal(RoomChange.None, index.Join(socket, "0"));
        Assert.Equal(RoomChange.None, index.Join(socket, "a"));
        Assert.False(index.Contains("one more"));

        index.Leave(socket, new string('x', 511));
        Assert.Equal(RoomChange.MemberAndRoom, index.Join(socket, "11"));
        Assert.Equal(RoomChange.MemberAndRoom, index.Join(socket, "12"));
        Assert.Equal(RoomChange.TooManyRooms, index.Join(socket, "13"));
    }

    [Fact]
    public async Task A_socket_that_came_back_is_not_touched_by_the_end_of_the_one_before()
    {
        await using var parts = new Parts();
        var (before, after) = (parts.Connect("a"), parts.Connect("a"));
        _rooms.Add(before);
        _rooms.Join(before, "room");
        _rooms.Remove(before, changes: null);
        _rooms.Add(after);
        _rooms.Join(after, "room");

        _rooms.Remove(before, changes: null);
        Assert.Equal(RoomChange.None, _rooms.Leave(before, "room"));
        Assert.Equal(RoomChange.None, _rooms.Join(before, "other"));

        Assert.Equal([after], _rooms.Select(["room"], []).ToCollection());
        Assert.Equal([after], _rooms.Select(["a"], []).ToCollection());
        Assert.Empty(_rooms.GetRooms(before));
    }

    [Fact]
    public async Task A_selection_stays_what_it_was_when_somebody_joins_or_leaves()
    {
        await using var parts = new Parts();
        Socket[] sockets = [.. Enumerable.Range(0, 20).Select(i => parts.Connect($"{i:00}"))];

        foreach (var socket in sockets)
        {
            _rooms.Add(socket);
            _rooms.Join(socket, "room");
        }

        var selection = _rooms.Select(["room"], []);
        var changes = new List<(string Room, RoomChange Change)>();
        Assert.Same(selection.Sockets, _rooms.Select(["room"], []).Sockets);

        foreach (var socket in sockets[..19])
        {
            _rooms.Remove(socket, changes);
        }

        Assert.Equal(sockets, selection.ToCollection().OrderBy(static socket => socket.Id));
        Assert.Equal([sockets[19]], _rooms.Select(["room"], []).ToCollection());
        Assert.Equal(19, changes.Count(static change => change == ("room", RoomChange.Member)));
        Assert.Equal(RoomChange.MemberAndRoom, _rooms.Leave(sockets[19], "room"));
        Assert.Empty(_rooms.Select(["room"], []).ToCollection());
        Assert.False(_rooms.Contains("room"));
    }

    [Fact]
    public async Task Rooms_are_joined_and_others_left_out_each_socket_once()
    {
        await using var parts = new Parts();
        var (a, b, c) = (parts.Connect("a"), parts.Connect("b"), parts.Connect("c"));

        foreach (var socket in new[] { a, b, c })
        {
            _rooms.Add(socket);
        }

        _rooms.Join(a, "x");
        _rooms.Join(a, "y");
        _rooms.Join(b, "y");

        // Somebody may join the room that is another's id.
        _rooms.Join(b, "c");

        foreach (var (rooms, except, expected) in new (string[], string[], string)[]
        {
            ([], [], "abc"), ([], ["a"], "bc"), ([], ["y"], "c"), (["x", "y"], [], "ab"), (["x", "y"], ["b"], "a"),
            (["c"], [], "bc"), (["c"], ["c"], ""), (["nobody"], [], ""), ([], ["nobody"], "abc"), (["a", "a"], [], "a"), ([], ["a", "x"], "bc"),
        })
        {
            Assert.Equal(expected, string.Concat(_rooms.Select(rooms, except).ToCollection().Select(static socket => socket.Id).Order()));
        }
    }
}
