using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Finding, moving and disconnecting many sockets at once, and the events of rooms.</summary>
public class ManySocketsTests
{
    [Theory]
    [EachTransport]
    public async Task Sockets_are_found_with_what_is_known_of_them(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var alice = await server.ConnectAsync(transport, auth: """{"name":"Alice"}""");
        var socket = server.LastSocket();
        await using var bob = await server.ConnectAsync(transport, auth: """{"name":"Bob"}""");
        await socket.JoinAsync("room");
        socket.Data["age"] = 7;

        var all = await server.IO.FetchSocketsAsync();
        var found = Assert.Single(await server.IO.In("room").FetchSocketsAsync());
        socket.Data["age"] = 8;

        Assert.Equal(["Alice", "Bob"], all.Select(one => one.Handshake.Auth.GetProperty("name").GetString()).Order());
        Assert.Equal(socket.Id, found.Id);
        Assert.Equal(new HashSet<string>([socket.Id, "room"]), found.Rooms);
        Assert.Equal(7, found.Data["age"]);
        Assert.Equal("Bob", Assert.Single(await socket.Broadcast.FetchSocketsAsync()).Handshake.Auth.GetProperty("name").GetString());
        Assert.Empty(await server.IO.Of("/custom").FetchSocketsAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_socket_that_was_found_can_be_spoken_to_moved_and_sent_away(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        var found = Assert.Single(await server.IO.FetchSocketsAsync());

        await found.EmitAsync("hello", 1);
        Assert.Equal("42[\"hello\",1]", await client.ReceiveAsync());

        var answer = found.Timeout(TimeSpan.FromSeconds(30)).EmitWithAckAsync<string>("question");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[\"yes\"]");
        Assert.Equal("yes", await answer.Soon());

        await found.JoinAsync("a", "b");
        await found.LeaveAsync("b");
        Assert.Equal(new HashSet<string>([found.Id, "a"]), server.LastSocket().Rooms);

        await found.DisconnectAsync();
        Assert.Equal("41", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Nobody_waits_for_ever_for_a_socket_that_was_found_and_is_gone(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        var found = Assert.Single(await server.IO.FetchSocketsAsync());
        await client.SendAsync("41");
        await Eventually.Async("the socket has left", () => server.IO.Sockets.Sockets.Count == 0);

        await Assert.ThrowsAsync<TimeoutException>(() => found.EmitWithAckAsync<int>("question").Soon());
        await found.JoinAsync("room");
        await found.DisconnectAsync(close: true);
        Assert.Empty(server.IO.Sockets.Adapter.GetRoomCounts());
    }

    [Theory]
    [EachTransport]
    public async Task Many_sockets_join_leave_and_are_sent_away_at_once(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var first = await server.ConnectAsync(transport);
        var kept = server.LastSocket();
        await using var second = await server.ConnectAsync(transport);
        await using var elsewhere = await server.ConnectAsync(transport, "/custom");

        await server.IO.SocketsJoinAsync("a", "b");
        Assert.Equal(2, server.IO.Sockets.Adapter.GetRoomCounts()["a"]);
        await server.IO.Except(kept.Id).SocketsLeaveAsync("b");
        Assert.Equal(1, server.IO.Sockets.Adapter.GetRoomCounts()["b"]);
        await server.IO.In("a").Except("b").DisconnectSocketsAsync();

        Assert.Equal("41", await second.ReceiveAsync());
        Assert.Equal([kept.Id], server.IO.Sockets.Sockets.Keys);
        await server.IO.DisconnectSocketsAsync(close: true);
        Assert.Equal("41", await first.ReceiveAsync());
        Assert.Null(await first.ReceiveAsync());
        Assert.Single(server.IO.Of("/custom").Sockets);
    }

    [Theory]
    [EachTransport]
    public async Task Rooms_tell_when_they_come_and_go_and_who_does(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        var adapter = server.IO.Sockets.Adapter;
        var told = new List<string>();
        adapter.RoomCreated += room => told.Add($"created {room}");
        adapter.RoomDeleted += room => told.Add($"deleted {room}");
        adapter.RoomJoined += (room, id) => told.Add($"joined {room} {id}");
        adapter.RoomLeft += (room, id) => told.Add($"left {room} {id}");
        await using var client = await server.ConnectAsync(transport);
        await using var other = await server.ConnectAsync(transport);
        var (first, second) = (server.IO.Sockets.Sockets.Values.First(), server.IO.Sockets.Sockets.Values.Last());

        await first.JoinAsync("a");
        await first.JoinAsync("a");
        await second.JoinAsync("a");
        await first.LeaveAsync("a");
        await first.LeaveAsync("a");
        second.Disconnect();

        Assert.Equal(
            ["created a", $"joined a {first.Id}", $"joined a {second.Id}", $"left a {first.Id}", $"left a {second.Id}", "deleted a"],
            told);
    }
}
