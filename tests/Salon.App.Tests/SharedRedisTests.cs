using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Chat;
using Salon.App.NativeChat;
using Salon.App.NativeChat.Cluster;
using Salon.App.Tests.NativeChat;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What others do in the same Redis: other apps, poison, and rules that forbid.</summary>
public class SharedRedisTests(DatabaseFixture databases)
{
    private const int Rounds = 1500;

    [Fact]
    public async Task Two_apps_with_a_prefix_each_share_a_redis_and_nothing_else()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var blue = await StartAsync(redis.Url, "--REDIS_PREFIX", "blue");
        await using var blue2 = await StartAsync($"{redis.Url}/1", "--REDIS_PREFIX", "blue2");
        await using var red = await StartAsync(redis.Url, "--REDIS_PREFIX", "red");
        await using var none = await StartAsync(redis.Url);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        AppServer[] all = [blue, blue2, red, none];
        string[] prefixes = ["blue:", "blue2:", "red:", ""];

        foreach (var prefix in prefixes)
        {
            await Eventually.Async("each listens where it is to", async () =>
                await outside.CountSubscribersAsync($"{prefix}chat:messages") == 1
                && await outside.CountSubscribersAsync($"{prefix}{NativeBus.ChannelName}") == 1
                && await outside.CountSubscribersAsync($"{prefix}socket.io-request#/chat#") == 1);
        }

        var people = new List<ChatClient>();

        for (var i = 0; i < all.Length; i++)
        {
            var person = await ChatClient.ConnectAsync(all[i], "websocket", $"Person{i}");
            people.Add(person);
            await person.JoinAsync("general");
            await using var native = await NativeClient.JoinAsync(all[i].Uri, "Alice");
            await native.SayAsync($"native {i}");
            await native.ReadUntilAsync($"native {i}");
        }

        // Each hears what is said to it by other programs, and nothing of what is said to the others.
        for (var i = 0; i < all.Length; i++)
        {
            await outside.PublishAsync($"{prefixes[i]}chat:messages", Encoding.UTF8.GetBytes($$"""{"username":"Program","room":"general","message":"for {{i}}"}"""));
            await people[i].SayAsync("general", $"by {i}");
        }

        for (var i = 0; i < all.Length; i++)
        {
            var texts = (await people[i].WaitForAsync("message", 2)).Select(static message => message["text"]).Order(StringComparer.Ordinal);
            Assert.Equal([$"by {i}", $"for {i}"], texts);
            Assert.Equal([$"Person{i}"], MembersOf(all[i]));
            Assert.Empty(all[i].Services.GetRequiredService<IClusterMembers>().Others);
            Assert.Equal(["ok", "connected"], await BusAsync(all[i]));
            await people[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_version_beyond_all_of_a_node_hides_nobody_who_comes_to_it_later()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis.Url);
        await using var two = await StartAsync(redis.Url);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var alice = await ChatClient.ConnectAsync(one, "websocket", "Alice");
        await alice.JoinAsync("general");
        await using var bob = await ChatClient.ConnectAsync(two, "websocket", "Bob");
        await bob.JoinAsync("general");
        await Eventually.Async("both are seen", () => MembersOf(one).SequenceEqual(["Alice", "Bob"]));
        var node = two.Services.GetRequiredService<IClusterMembers>().Self;

        await TellAsync(outside, "presence:told", $$"""{"node":"{{node}}","version":9223372036854775807,"part":0,"parts":1,"people":[]}""");
        await TellAsync(outside, "presence:changed", $$"""{"node":"{{node}}","version":9223372036854775807,"room":null,"username":null,"isThere":true}""");

        await using var carol = await ChatClient.ConnectAsync(two, "websocket", "Carol");
        await carol.JoinAsync("general");
        await Eventually.Async("all are seen", () => MembersOf(one).SequenceEqual(["Alice", "Bob", "Carol"]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9223372036854775807)]
    public async Task What_a_node_tells_and_nobody_has_stored_neither_keeps_people_out_of_a_room_nor_hides_what_is_said_there(long number)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis.Url);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await alice.JoinAsync("general");
        await TellAsync(outside, "chat:stored", $$"""{"room":"general","seq":{{number}},"id":"x","username":"Mallory","text":"forged","time":"2026-01-01T00:00:00Z"}""");

        if (number == 1)
        {
            await alice.WaitForAsync("message", 1);
        }

        await alice.DoAsync("room:leave", new { room = "general" });
        await bob.JoinAsync("general");
        await bob.SayAsync("general", "hello");
        await Eventually.Async("it is heard", () => bob.Events.Any(static @event => @event.Name == "message" && @event["text"] == "hello"));
    }

    [Fact]
    public async Task Thousands_of_mutated_messages_between_nodes_end_nothing()
    {
        // One database for both: which of them stores what other programs say is chance, and numbers are a room's, not a node's.
        using var storage = await databases.CreateAsync("postgres");
        await using var redis = await RedisServer.StartAsync();
        await using var one = await AppServer.StartAsync(storage, settings: ["--REDIS_URL", redis.Url]);
        await using var two = await AppServer.StartAsync(storage, settings: ["--REDIS_URL", redis.Url]);
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        one.Logs.Expect("");
        two.Logs.Expect("");
        await using var alice = await ChatClient.ConnectAsync(one, "websocket", "Alice");
        await alice.JoinAsync("general");
        await using var nativeAlice = await NativeClient.JoinAsync(one.Uri, "Alice");
        await Eventually.Async("they know each other", () => one.Services.GetRequiredService<IClusterMembers>().Others.Count == 1);
        await Eventually.Async("all listens", async () => await outside.CountSubscribersAsync("chat:messages") == 2 && await outside.CountSubscribersAsync(NativeBus.ChannelName) == 2);
        var node = two.Services.GetRequiredService<IClusterMembers>().Self;
        var mutations = new Mutations(12_100);
        string[] events =
        [
            $$"""["presence:changed",{"node":"{{node}}","version":3,"room":{"id":1,"name":"general"},"username":"Mallory","isThere":true}]""",
            $$"""["presence:version","{{node}}",7]""",
            """["presence:asked","x"]""",
            $$"""["presence:told",{"node":"{{node}}","version":3,"part":0,"parts":1,"people":[{"room":{"id":1,"name":"general"},"username":"Mallory"}]}]""",
            """["chat:stored",{"room":"general","seq":900000,"id":"x","username":"Mallory","text":"forged","time":"2026-01-01T00:00:00Z"}]""",
        ];
        string[] natives =
        [
            """{"type":"came","node":"x","person":{"name":"Mallory","session":"s","generation":1}}""",
            """{"type":"went","node":"x","name":"Mallory"}""",
            """{"type":"state","node":"x","people":[{"name":"Mallory","session":"s","generation":1}],"history":[{"type":"message","id":"1","name":"Mallory","text":"forged","time":"2026-01-01T00:00:00Z"}]}""",
            """{"type":"said","node":"x","message":{"type":"message","id":"1","name":"Mallory","text":"forged","time":"2026-01-01T00:00:00Z"}}""",
            """{"type":"gone","node":"x"}""",
            """{"type":"ask","node":"x"}""",
        ];

        for (var i = 0; i < Rounds; i++)
        {
            await outside.PublishAsync("socket.io-request#/chat#", Encoding.UTF8.GetBytes($$"""{"uid":"x","type":6,"data":{{Encoding.UTF8.GetString(mutations.MutateJson(events[i % events.Length]))}}}"""));
            await outside.PublishAsync(NativeBus.ChannelName, mutations.MutateJson(natives[i % natives.Length]));
            await outside.PublishAsync(i % 4 == 0 ? "chat:room-notifications" : "chat:messages", mutations.MutateJson("""{"username":"Mallory","room":"nowhere","message":"forged","time":"now"}"""));
        }

        await outside.PublishAsync("chat:messages", """{"username":"Program","room":"general","message":"good"}"""u8.ToArray());
        await outside.PublishAsync(NativeBus.ChannelName, ((BusMessage)new SaidMessage("x", new MessageFrame("good", "Program", "good", DateTime.UnixEpoch))).Encode());
        await nativeAlice.ReadUntilAsync("good");
        await Eventually.Async("the message is stored", async () =>
        {
            await outside.PublishAsync("chat:messages", """{"username":"Program","room":"general","message":"good"}"""u8.ToArray());
            return alice.Events.Any(static @event => @event.Name == "message" && @event["text"] == "good");
        });

        await using var bob = await ChatClient.ConnectAsync(two, "websocket", "Bob");
        await bob.JoinAsync("general");
        await Eventually.Async("who comes is seen", () => MembersOf(one).Contains("Bob"));
        await alice.SayAsync("general", "still here");
        await Eventually.Async("it is heard", () => alice.Events.Any(static @event => @event.Name == "message" && @event["text"] == "still here"));
    }

    [Fact]
    public async Task What_redis_refuses_is_in_the_status_without_details_and_gone_when_it_is_over()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL SETUSER salon on >secret ~* &* +@all");
        await using var server = await StartAsync($"redis://salon:secret@{redis.Host}");
        server.Logs.Expect("Redis refuses");
        server.Logs.Expect("Redis");
        server.Logs.Expect("lease");
        await Eventually.Async("all is well", async () => (await BusAsync(server)).SequenceEqual(["ok", "connected"]));

        await redis.CommandAsync("ACL SETUSER salon resetchannels -@scripting");
        await Eventually.Async("it is refused", async () => (await BusAsync(server))[0] == "refused");
        var status = await server.Http.GetStringAsync(new Uri("/status", UriKind.Relative));
        Assert.DoesNotContain("NOPERM", status);
        Assert.DoesNotContain("salon:", status);
        await Eventually.Async("what does not listen is said", () =>
            new[] { "lease", "listen to chat:messages", $"listen to {NativeBus.ChannelName}", "listen to socket.io" }.All(what => server.Logs.Entries.Count(entry => entry.Message.Contains($"Redis refuses ({what})", StringComparison.Ordinal)) == 1));

        await redis.CommandAsync("ACL SETUSER salon allchannels +@all");
        await Eventually.Async("all is well again", async () => (await BusAsync(server)).SequenceEqual(["ok", "connected"]));
    }

    private static async Task<string[]> BusAsync(AppServer server)
    {
        var cluster = JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/status", UriKind.Relative))).RootElement.GetProperty("cluster");
        return [cluster.GetProperty("bus").GetString()!, cluster.GetProperty("redis").GetString()!];
    }

    private static IReadOnlyList<string> MembersOf(AppServer server) =>
        server.Services.GetRequiredService<Presence>().GetMembers(server.Services.GetRequiredService<RoomDirectory>().FindKnown("general")!);

    private static Task TellAsync(RedisClient outside, string eventName, string argument) => outside.PublishAsync(
        "socket.io-request#/chat#",
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"uid":"x","type":6,"data":["{{eventName}}",{{argument}}]}""")));

    private static async Task<AppServer> StartAsync(string redis, params string[] settings)
    {
        var server = await AppServer.StartAsync(settings: ["--REDIS_URL", redis, .. settings]);

        // Each has a database of its own, which these tests do not need together.
        server.Logs.Expect("Another node is on the same Redis");
        return server;
    }
}
