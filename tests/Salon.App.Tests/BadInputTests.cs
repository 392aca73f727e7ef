using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Chat;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Whatever is asked wrongly gets a clear answer, and the chat goes on.</summary>
public class BadInputTests(DatabaseFixture databases)
{
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Refusals() =>
        from transport in new[] { "polling", "websocket" }
        from refusal in Cases()
        select new TheoryDataRow<string, string, string, string>(transport, refusal.EventName, refusal.Request, refusal.Code);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_is_wrong_is_refused_and_the_connection_lives(string transport, string eventName, string request, string code)
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");
        await alice.JoinAsync("general");

        Assert.Equal(code, await alice.FailAsync(eventName, JsonDocument.Parse(request).RootElement));

        await alice.SayAsync("general", "still here");
        Assert.Equal("still here", Assert.Single(await alice.WaitForAsync("message"))["text"]);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"username":""}""")]
    [InlineData("""{"username":"   "}""")]
    [InlineData("""{"username":5}""")]
    [InlineData("""{"username":null}""")]
    [InlineData("""{"username":["Alice"]}""")]
    [InlineData("""{"username":"a\u202eb"}""")]
    [InlineData("""{"username":"a\u200bb"}""")]
    [InlineData("""{"username":"a\u0000b"}""")]
    [InlineData("""{"username":"\ud800"}""")]
    [InlineData("""{"username":"123456789012345678901234567890123"}""")]
    public async Task A_name_that_cannot_be_seen_or_is_too_long_is_refused(string auth)
    {
        await using var server = await AppServer.StartAsync();

        foreach (var transport in new[] { "polling", "websocket" })
        {
            var answer = await ChatClient.TryConnectAsync(server, transport, auth);

            Assert.StartsWith("44/chat,", answer);
            Assert.Equal("invalid_username", JsonDocument.Parse(answer[8..]).RootElement.GetProperty("data").GetProperty("code").GetString());
        }
    }

    [Theory]
    [InlineData("Zoé")]
    [InlineData("李小龍")]
    [InlineData("O'Neil-Smith (2)")]
    [InlineData("👩")]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("12345678901234567890123456789012")]
    public async Task Any_name_that_can_be_seen_is_fine(string username)
    {
        await using var server = await AppServer.StartAsync();
        await using var client = await ChatClient.ConnectAsync(server, "websocket", username);

        var joined = await client.JoinAsync(username);

        Assert.Equal(username, joined.GetProperty("room").GetString());
        Assert.Equal(username, joined.GetProperty("members")[0].GetString());
    }

    [Theory]
    [EachTransportAndDatabase]
    public async Task A_room_that_looks_like_another_is_that_one_and_one_from_before_still_opens(string transport, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        var store = server.Services.GetRequiredService<IChatStore>();
        await store.FoundAsync(new NewRoom("old\u3164", "Alice", DateTimeOffset.UtcNow), ChatLimits.Rooms);
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Alice");

        await alice.JoinAsync("Admin");

        Assert.Equal("already_exists", await alice.FailAsync("room:create", new { room = "Аdmin" }));
        Assert.Equal("Admin", (await alice.JoinAsync("𝐀𝐝𝐦𝐢𝐧")).GetProperty("room").GetString());
        Assert.Equal("old\u3164", (await alice.JoinAsync("old\u3164")).GetProperty("room").GetString());
        Assert.Equal("invalid_room", await alice.FailAsync("room:create", new { room = "new\u3164" }));
        await alice.SayAsync("old\u3164", "still here");
    }

    [Theory]
    [EachTransport]
    public async Task A_message_is_as_long_as_people_count(string transport)
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, transport, "Zoe\u0308");
        var joined = await alice.JoinAsync("general");

        await alice.SayAsync("general", string.Concat(Enumerable.Repeat("👍", 5_000)));

        Assert.Equal("Zoë", joined.GetProperty("members")[0].GetString());
        Assert.Equal("too_long", await alice.FailAsync("message:send", new { room = "general", text = string.Concat(Enumerable.Repeat("👍", 5_001)) }));
        Assert.Equal("too_long", await alice.FailAsync("message:send", new { room = "general", text = "e" + new string('\u0301', 100_000) }));
        Assert.Equal("invalid_text", await alice.FailAsync("message:send", new { room = "general", text = "e" + new string('\u0301', 31) }));
        Assert.Equal("empty", await alice.FailAsync("message:send", new { room = "general", text = "\u3164\u200b" }));
    }

    [Fact]
    public async Task Who_says_too_much_at_once_is_told_when_to_try_again()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");

        for (var i = 0; i < ChatLimits.MessageBurst; i++)
        {
            await alice.SayAsync("general", $"{i}");
        }

        var refused = (await alice.AskAsync("message:send", new { room = "general", text = "one more" })).GetProperty("error");
        Assert.Equal("rate_limited", refused.GetProperty("code").GetString());
        var retryAfter = refused.GetProperty("retryAfter").GetDouble();
        Assert.InRange(retryAfter, 0.001, 1);

        time.Advance(TimeSpan.FromSeconds(retryAfter));
        await alice.SayAsync("general", "one more");
        Assert.Equal("rate_limited", await alice.FailAsync("message:send", new { room = "general", text = "and another" }));
    }

    [Theory]
    [EachDatabase]
    public async Task A_room_that_exists_cannot_be_created_in_any_case(string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");

        Assert.Equal("already_exists", await alice.FailAsync("room:create", new { room = "General" }));
        Assert.Equal("Général", (await alice.DoAsync("room:create", new { room = "Général" })).GetProperty("room").GetString());
        Assert.Equal("already_exists", await alice.FailAsync("room:create", new { room = "GÉNÉRAL" }));
    }

    [Fact]
    public async Task One_connection_is_in_so_many_rooms_and_no_more()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");

        for (var i = 0; i < ChatLimits.RoomsPerConnection; i++)
        {
            await alice.JoinAsync($"room {i}");
        }

        Assert.Equal("invalid_argument", await alice.FailAsync("room:join", new { room = "one more" }));
        await alice.JoinAsync("room 0");
        await alice.DoAsync("room:leave", new { room = "room 1" });
        await alice.JoinAsync("one more");
    }

    private static IEnumerable<(string EventName, string Request, string Code)> Cases()
    {
        yield return ("message:send", "null", "invalid_argument");
        yield return ("message:send", "5", "invalid_argument");
        yield return ("message:send", "[]", "invalid_argument");
        yield return ("message:send", """{"room":5,"text":"x"}""", "invalid_argument");
        yield return ("message:send", """{"room":"general","text":{}}""", "invalid_argument");
        yield return ("message:send", """{"room":"general","text":"x","clientMsgId":""}""", "invalid_argument");
        yield return ("message:send", $$"""{"room":"general","text":"x","clientMsgId":"{{new string('x', 65)}}"}""", "invalid_argument");
        yield return ("message:send", """{"room":"general","text":"x","replyTo":0}""", "invalid_argument");
        yield return ("message:send", """{"room":"general","text":"x","replyTo":1.5}""", "invalid_argument");
        yield return ("message:send", """{}""", "invalid_room");
        yield return ("message:send", """{"room":"general"}""", "empty");
        yield return ("message:send", """{"room":"general","text":" \n "}""", "empty");
        yield return ("message:send", $$"""{"room":"general","text":"{{new string('x', 5_001)}}"}""", "too_long");
        yield return ("message:send", """{"room":"nowhere","text":"x"}""", "not_found");
        yield return ("room:history", """{"room":"nowhere"}""", "not_found");
        yield return ("room:history", """{"room":"general","limit":"many"}""", "invalid_argument");
        yield return ("room:join", """{"room":""}""", "invalid_room");
        yield return ("room:join", """{"room":"a\u0000b"}""", "invalid_room");
        yield return ("room:join", $$"""{"room":"{{new string('x', 51)}}"}""", "invalid_room");
        yield return ("room:join", $$"""{"room":"{{new string(' ', 900_000)}}"}""", "invalid_room");
        yield return ("room:join", """{"room":"general","since":"x"}""", "invalid_argument");
        yield return ("room:create", """{"room":"secret","visibility":"private"}""", "invalid_argument");
        yield return ("room:leave", """{"room":"dev"}""", "not_found");
        yield return ("typing", """{"room":"general","on":"yes"}""", "invalid_argument");
        yield return ("room:destroy", """{"room":"general"}""", "unknown_event");
        yield return ("__proto__", "{}", "unknown_event");
    }
}
