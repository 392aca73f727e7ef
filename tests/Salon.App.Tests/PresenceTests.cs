using Microsoft.Extensions.Logging.Abstractions;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Chat;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Who is in a room, who comes and goes, who is typing.</summary>
public class PresenceTests
{
    [Theory]
    [EachTransport]
    public async Task Arrivals_are_announced_and_everybody_sees_who_is_there(string transport)
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");
        await alice.JoinAsync("general");

        var joined = await bob.JoinAsync("general");

        Assert.Equal(["Alice", "Bob"], Names(joined.GetProperty("members")));
        await Eventually.Async("Alice sees Bob", () => alice.Events.Any(found => found.Name == "presence" && Names(found.Data.GetProperty("members")).SequenceEqual(["Alice", "Bob"])));
        var arrival = (await alice.WaitForAsync("notification", 2))[1];
        Assert.Equal("general", arrival["room"]);
        Assert.Equal("joined", arrival["kind"]);
        Assert.Equal("Bob", arrival["username"]);
        Assert.Equal("Bob joined", arrival["message"]);
    }

    [Theory]
    [EachTransport]
    public async Task Leaving_a_room_is_announced_at_once(string transport)
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        await bob.DoAsync("room:leave", new { room = "general" });

        Assert.Equal("left", (await alice.WaitForAsync("notification", 3))[2]["kind"]);
        Assert.Equal("not_a_member", await bob.FailAsync("message:send", new { room = "general", text = "still here?" }));
    }

    [Theory]
    [EachTransport]
    public async Task Leaving_the_chat_is_announced_at_once(string transport)
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        await bob.LeaveAsync();

        Assert.Equal("left", (await alice.WaitForAsync("notification", 3))[2]["kind"]);
    }

    [Fact]
    public async Task Somebody_whose_connection_is_lost_is_gone_after_a_moment()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        await bob.DisposeAsync();
        await Eventually.Async("the server has noticed", async () => await CountConnectionsAsync(server) == 1);

        Assert.Equal(["Alice", "Bob"], Names((await alice.JoinAsync("general")).GetProperty("members")));
        time.Advance(ChatLimits.DepartureGrace);
        Assert.Equal("left", (await alice.WaitForAsync("notification", 3))[2]["kind"]);
        Assert.Equal(["Alice"], Names((await alice.JoinAsync("general")).GetProperty("members")));
    }

    [Fact]
    public async Task Somebody_who_comes_back_at_once_never_left()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        await bob.DisposeAsync();
        await Eventually.Async("the server has noticed", async () => await CountConnectionsAsync(server) == 1);
        await using var bobAgain = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await bobAgain.JoinAsync("general");
        time.Advance(ChatLimits.DepartureGrace * 2);
        await alice.SayAsync("general", "a sign that everything before has come");

        await alice.WaitForAsync("message");
        Assert.Equal(["Alice joined", "Bob joined"], alice.Events.Where(static found => found.Name == "notification").Select(static found => found["message"]));
    }

    [Fact]
    public async Task Somebody_with_two_windows_is_there_once_and_until_the_last_is_closed()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var first = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await using var second = await ChatClient.ConnectAsync(server, "websocket", "bob");
        await alice.JoinAsync("general");
        await first.JoinAsync("general");

        Assert.Equal(["Alice", "Bob"], Names((await second.JoinAsync("general")).GetProperty("members")));
        await first.LeaveAsync();
        Assert.Equal(["Alice", "Bob"], Names((await alice.JoinAsync("general")).GetProperty("members")));
        await second.LeaveAsync();

        Assert.Equal(["Alice joined", "Bob joined", "Bob left"], (await alice.WaitForAsync("notification", 3)).Select(static found => found["message"]));
    }

    [Fact]
    public async Task Somebody_who_comes_back_in_the_moment_of_being_given_up_is_there_for_other_nodes_too()
    {
        await using var server = await AppServer.StartAsync();
        using var presence = new Presence(server.Services.GetRequiredService<ChatFeed>(), TimeProvider.System, NullLogger<Presence>.Instance);
        var room = new ChatRoom(1, "general");
        var told = new List<bool>();
        presence.ChangedHere += (_, _) =>
        {
            // As another thread does that is faster.
            if (told.Count == 1 && !presence.IsHere(room, "Bob"))
            {
                presence.Enter(room, "Bob");
            }
        };
        presence.ChangedHere += (_, _) => told.Add(presence.IsHere(room, "Bob"));

        presence.Enter(room, "Bob");
        presence.Leave(room, "Bob", isLost: false);

        Assert.Equal([true, true, true], told);
    }

    [Theory]
    [EachTransport]
    public async Task The_others_see_who_is_typing(string transport)
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, transport, "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");

        // Volatile: over polling it arrives only where a poll is waiting, so Bob types until Alice has seen it.
        await Eventually.Async("Alice sees Bob typing", async () =>
        {
            await bob.DoAsync("typing", new { room = "general", on = true });
            return alice.Events.Any(static found => found.Name == "typing");
        });

        var typing = alice.Events.First(static found => found.Name == "typing");
        Assert.Equal("Bob", typing["username"]);
        Assert.Equal("general", typing["room"]);
        Assert.True(typing.Data.GetProperty("on").GetBoolean());
        Assert.DoesNotContain(bob.Events, static found => found.Name == "typing");
    }

    [Fact]
    public async Task A_large_room_is_told_who_came_and_went_instead_of_everybody_who_is_there()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        var presence = server.Services.GetRequiredService<Presence>();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");
        var room = server.Services.GetRequiredService<RoomDirectory>().FindKnown("general")!;

        for (var i = 0; i < ChatLimits.PresenceListPeople; i++)
        {
            presence.Enter(room, $"Person {i}");
        }

        time.Advance(ChatLimits.PresenceInterval);
        Assert.Equal(ChatLimits.PresenceListPeople + 1, (await alice.WaitForAsync("presence"))[0].Data.GetProperty("members").GetArrayLength());
        presence.Leave(room, "Person 7", isLost: false);
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await bob.JoinAsync("general");
        time.Advance(ChatLimits.PresenceInterval);

        var changes = (await alice.WaitForAsync("presence:changed", 2))[1].Data;
        Assert.Equal("""{"room":"general","joined":["Bob"],"left":["Person 7"],"members":51}""", changes.ToString());
        Assert.Single(alice.Events, static found => found.Name == "presence");
        time.Advance(ChatLimits.PresenceListInterval);
        Assert.Equal(51, (await alice.WaitForAsync("presence", 2))[1].Data.GetProperty("members").GetArrayLength());
    }

    [Fact]
    public async Task The_list_of_rooms_tells_how_many_people_are_in_each()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("Zoo");
        await alice.DoAsync("room:create", new { room = "empty", visibility = "public" });

        var rooms = (await alice.DoAsync("room:list", new { })).GetProperty("rooms");

        Assert.Equal(
            ["empty 0", "general 0", "Zoo 1"],
            rooms.EnumerateArray().Select(static room => $"{room.GetProperty("room")} {room.GetProperty("members")}"));
    }

    private static async Task<int> CountConnectionsAsync(AppServer server) =>
        JsonDocument.Parse(await server.Http.GetStringAsync("/status")).RootElement.GetProperty("connections").GetProperty("total").GetInt32();

    private static IEnumerable<string?> Names(JsonElement members) => members.EnumerateArray().Select(static member => member.GetString());
}
