using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Chat;
using Salon.App.Chat.Delivery;
using Salon.App.Storage.Sqlite;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Nothing that an anonymous client does in the chat is unbounded, however it comes back.</summary>
public class ChatBudgetTests(DatabaseFixture databases)
{
    [Theory]
    [EachTransport]
    public async Task Leaving_the_namespace_and_coming_back_refills_nothing(string transport)
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        var stored = 0;

        for (var round = 0; round < 3; round++)
        {
            await alice.JoinAsync("general");

            for (var i = 0; i < ChatLimits.MessageBurst / 2; i++)
            {
                var answer = await alice.AskAsync("message:send", new { room = "general", text = "again" });
                stored += answer.GetProperty("ok").GetBoolean() ? 1 : 0;
            }

            await alice.ComeBackAsync("Alice");
        }

        Assert.Equal(ChatLimits.MessageBurst, stored);
    }

    [Fact]
    public async Task Joining_founds_no_more_rooms_than_creating_does()
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        var founded = 0;

        for (var session = 0; session < 3; session++)
        {
            await using var client = await ChatClient.ConnectAsync(server, "websocket", $"Mallory {session}");

            for (var i = 0; i < 60; i++)
            {
                founded += await FoundAsync(client, i % 2 == 0 ? "room:create" : "room:join", $"{session} {i}");
            }

            await client.ComeBackAsync("Mallory");

            for (var i = 60; i < 125; i++)
            {
                founded += await FoundAsync(client, i % 2 == 0 ? "room:create" : "room:join", $"{session} {i}");
            }
        }

        Assert.Equal((int)ChatLimits.AddressRooms.Burst, founded);

        static async Task<int> FoundAsync(ChatClient client, string eventName, string room)
        {
            var answer = await client.AskAsync(eventName, new { room });

            if (answer.GetProperty("ok").GetBoolean())
            {
                await client.AskAsync("room:leave", new { room });
                return 1;
            }

            Assert.Equal("rate_limited", answer.GetProperty("error").GetProperty("code").GetString());
            Assert.True(answer.GetProperty("error").GetProperty("retryAfter").GetDouble() > 0);
            return 0;
        }
    }

    [Theory]
    [EachDatabase]
    public async Task A_room_in_which_nothing_was_ever_said_goes_when_nobody_is_in_it_and_no_other(string database)
    {
        var time = new ManualTimeProvider();
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage, time);

        await using (var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice"))
        {
            await alice.JoinAsync("left alone");
            await alice.JoinAsync("with somebody");
            await alice.JoinAsync("with a message");
            await alice.SayAsync("with a message", "somebody may read this");
        }

        // Somebody whose connection answers pings, however fast the clock goes.
        var directory = server.Services.GetRequiredService<RoomDirectory>();
        Assert.True(server.Services.GetRequiredService<ChatDelivery>().TryEnter(directory.FindKnown("with somebody")!, head: 0, reachedBefore: 0));

        await Eventually.Async("the unused room is gone", () =>
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return directory.FindKnown("left alone") is null;
        });
        time.Advance(ChatLimits.UnusedRoomAge);
        time.Advance(ChatLimits.KeepRoomInterval);
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");

        var left = Names(await bob.DoAsync("room:list", new { }));
        Assert.Equal(["general", "with a message", "with somebody"], left);
        await bob.JoinAsync("left alone");
        await bob.SayAsync("left alone", "back");
        Assert.Equal("back", Assert.Single(await bob.WaitForAsync("message"))["text"]);
    }

    [Theory]
    [EachDatabase]
    public async Task A_message_to_a_room_that_is_gone_is_refused_and_takes_no_other_with_it(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");
        await alice.JoinAsync("gone");
        var store = server.Services.GetRequiredService<IChatStore>();
        var room = server.Services.GetRequiredService<RoomDirectory>().FindKnown("gone")!;
        await store.RemoveUnusedAsync(DateTimeOffset.MaxValue);
        var general = (await store.FindRoomAsync("general"))!;

        var stored = await store.AppendAsync([Message(room), Message(general)]);

        Assert.Null(stored[0]);
        Assert.Equal(1, stored[1]!.Message.Seq);
        Assert.Equal("not_found", await alice.FailAsync("message:send", new { room = "gone", text = "hello?" }));
        await alice.SayAsync("general", "still here");
        await alice.JoinAsync("gone");
        await alice.SayAsync("gone", "founded again");

        static NewMessage Message(ChatRoom room) => new(room, Guid.NewGuid(), "Alice", "hello", DateTimeOffset.UnixEpoch, null, null);
    }

    [Theory]
    [EachDatabase]
    public async Task The_list_of_rooms_comes_in_pages(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        var directory = server.Services.GetRequiredService<RoomDirectory>();

        for (var i = 0; i < 450; i++)
        {
            await directory.FoundAsync($"Room \"{i:000}\"", "Alice");
        }

        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("Room \"007\"");

        var first = await alice.DoAsync("room:list", new { });
        var second = await alice.DoAsync("room:list", new { after = Names(first)[^1] });
        var last = await alice.DoAsync("room:list", new { after = Names(second)[^1].ToUpperInvariant(), limit = 1_000_000 });
        var one = await alice.DoAsync("room:list", new { after = "Room \"006\"", limit = 1 });

        Assert.Equal((200, 200, 51), (Names(first).Length, Names(second).Length, Names(last).Length));
        Assert.Equal((true, true, false), (HasMore(first), HasMore(second), HasMore(last)));
        Assert.Equal(451, Names(first).Concat(Names(second)).Concat(Names(last)).Distinct().Count());
        Assert.Equal("""[{"room":"Room \"007\"","members":1}]""", one.GetProperty("rooms").ToString());
        Assert.Empty(Names(await alice.DoAsync("room:list", new { after = "zzz" })));
    }

    [Fact]
    public async Task Answers_have_a_bound_in_bytes()
    {
        await using var server = await AppServer.StartAsync(time: new ManualTimeProvider());
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");

        for (var i = 0; i < 50; i++)
        {
            await alice.SayAsync("general", new string('x', ChatLimits.MessageLength));
        }

        var bytes = 0;
        JsonElement answer;

        while ((answer = await alice.AskAsync("room:history", new { room = "general", limit = 200 })).GetProperty("ok").GetBoolean())
        {
            bytes += answer.GetRawText().Length;
            Assert.InRange(bytes, 1, ChatLimits.SessionAnswerBytes.Burst + 1_000_000);
        }

        Assert.Equal("rate_limited", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("rate_limited", await alice.FailAsync("room:list", new { }));
        await alice.SayAsync("general", "a message is no answer");
    }

    [Fact]
    public async Task While_SQLite_reads_connections_are_served()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");
        var database = server.Services.GetRequiredService<SqliteDatabase>();
        using var gate = new ManualResetEventSlim();
        var blocking = Enumerable.Range(0, SqliteDatabase.Readers).Select(_ => database.ReadAsync(_ => gate.Wait(Eventually.Patience))).ToList();

        var waiting = alice.AskAsync("room:history", new { room = "general" });
        await bob.SayAsync("general", "served");

        Assert.False(waiting.IsCompleted);
        gate.Set();
        Assert.True((await waiting).GetProperty("ok").GetBoolean());
        await Task.WhenAll(blocking);
    }

    private static string[] Names(JsonElement list) => [.. list.GetProperty("rooms").EnumerateArray().Select(static room => room.GetProperty("room").GetString()!)];

    private static bool HasMore(JsonElement list) => list.GetProperty("hasMore").GetBoolean();
}
