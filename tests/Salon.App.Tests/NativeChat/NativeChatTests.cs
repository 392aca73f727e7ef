using System.Net.WebSockets;
using System.Text.Json;
using Salon.App.NativeChat;
using Salon.Tests;

namespace Salon.App.Tests.NativeChat;

/// <summary>The native chat as a client sees it that keeps to the rules.</summary>
public class NativeChatTests
{
    private const string Secret = "a secret of some length";

    [Fact]
    public async Task Everybody_sees_everybody_and_hears_everything_once()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        await using var bob = await NativeClient.ConnectAsync(server.Uri);

        var welcome = await bob.JoinAsync(" Zoé  B. ");
        Assert.Equal("Zoé B.", welcome.GetProperty("name").GetString());
        Assert.Equal(["Alice", "Zoé B."], Texts(welcome.GetProperty("people")));
        Assert.Empty(welcome.GetProperty("history").EnumerateArray());
        Assert.Equal("""{"type":"presence","name":"Zoé B.","here":true}""", (await alice.ReadAsync("presence")).GetRawText());

        await alice.SayAsync("bonjour €", id: "a1");
        Assert.Equal(["Alice: bonjour €"], await bob.ReadUntilAsync("bonjour €"));
        await bob.SayAsync("hello");
        Assert.Equal(["Zoé B.: hello"], await bob.ReadUntilAsync("hello"));
        Assert.Equal(["Alice: bonjour €", "Zoé B.: hello"], await alice.ReadUntilAsync("hello"));

        await bob.CloseAsync();
        Assert.Equal("""{"type":"presence","name":"Zoé B.","here":false}""", (await alice.ReadAsync("presence")).GetRawText());
    }

    [Fact]
    public async Task Who_comes_later_gets_the_newest_fifty_messages()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        for (var i = 1; i <= 60; i++)
        {
            await alice.SayAsync($"{i}");
            await alice.ReadAsync("message");
            time.Advance(TimeSpan.FromSeconds(0.1));
        }

        await using var bob = await NativeClient.ConnectAsync(server.Uri);
        var history = (await bob.JoinAsync("Bob")).GetProperty("history").EnumerateArray().ToList();

        Assert.Equal(Enumerable.Range(11, 50).Select(static i => $"{i}"), history.Select(static message => message.GetProperty("text").GetString()));
        Assert.Equal("Alice", history[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_message_that_is_sent_twice_is_said_once_and_confirmed_twice()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");

        await alice.SayAsync("once", id: "m1");
        var first = await alice.ReadAsync("message");
        await alice.SayAsync("once", id: "m1");
        var second = await alice.ReadAsync("message");
        await bob.SayAsync("another's id may be the same", id: "m1");

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(["Alice: once", "Bob: another's id may be the same"], await bob.ReadUntilAsync("another's id may be the same"));
    }

    [Fact]
    public async Task A_name_belongs_to_one_and_comes_back_to_who_has_the_secret()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice", Secret);
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");
        await using var second = await NativeClient.ConnectAsync(server.Uri);

        await second.SendAsync(new { type = "join", name = "ALICE", session = "another secret of some length" });
        Assert.Equal("name_taken", (await second.ReadAsync("error")).GetProperty("code").GetString());

        // As after a lost connection that the server does not know of yet.
        var welcome = await second.JoinAsync("alice", Secret);
        Assert.Equal("Alice", welcome.GetProperty("name").GetString());
        await alice.ReadToCloseAsync();
        Assert.Equal(4001, (int)alice.CloseStatus!);

        // For the others, nobody has come or gone.
        await second.SayAsync("here again");
        while (await bob.ReadAnyAsync().Soon() is { } frame && frame.GetProperty("type").GetString() != "message")
        {
            Assert.NotEqual("Alice", frame.GetProperty("name").GetString());
        }

        await second.CloseAsync();
        Assert.Equal("Alice", (await bob.ReadAsync("presence")).GetProperty("name").GetString());
        await using var third = await NativeClient.JoinAsync(server.Uri, "Alice", "another secret of some length");
    }

    [Fact]
    public async Task A_ping_is_answered_by_a_pong()
    {
        await using var server = await AppServer.StartAsync();
        await using var client = await NativeClient.ConnectAsync(server.Uri);

        await client.SendAsync("""{"type":"ping"}""");

        Assert.Equal("""{"type":"pong"}""", (await client.ReadAsync("pong")).GetRawText());
    }

    [Fact]
    public async Task A_server_that_stops_says_so()
    {
        var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        await using var nobody = await NativeClient.ConnectAsync(server.Uri);

        var stopping = server.DisposeAsync();
        await alice.ReadToCloseAsync();
        await nobody.ReadToCloseAsync();
        await stopping;

        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "The server stops. Come back in a moment."), (alice.CloseStatus, alice.CloseReason));
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, nobody.CloseStatus);
    }

    [Fact]
    public async Task Who_does_not_say_a_name_is_sent_away()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        await using var nobody = await NativeClient.ConnectAsync(server.Uri);

        time.Advance(NativeChatLimits.JoinTimeout);
        await nobody.ReadToCloseAsync();
        await alice.SayAsync("still here");

        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "No name in time."), (nobody.CloseStatus, nobody.CloseReason));
        await alice.ReadUntilAsync("still here");
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(static item => item.GetString());
}
