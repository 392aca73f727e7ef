using System.Diagnostics;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Programs in any language take part in the chat over two channels of Redis.</summary>
[Collection(nameof(ClusterTests))]
public class PublicBusTests(DatabaseFixture databases, BrowserFixture browsers)
{
    [Fact]
    public async Task A_program_that_knows_two_channels_talks_with_people_on_the_page()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 2);
        var browser = await browsers.GetAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, cluster.AddressOf(0), "Alice");
        await using var bob = await cluster.JoinAsync(1, "websocket", "Bob", "general");

        using var program = StartProgram(cluster.Redis.Url);
        await alice.WaitForAsync("Hello from another program");
        await alice.Page.GetByText("Echo listens from elsewhere").WaitForAsync();
        await alice.SayAsync("Is anybody there?");
        await alice.WaitForAsync("Alice said: Is anybody there?");
        await alice.Page.Locator(".tag").First.WaitForAsync();

        // Stored once, though every node hears it.
        var messages = await bob.WaitForAsync("message", 3);
        Assert.Equal(["Hello from another program", "Is anybody there?", "Alice said: Is anybody there?"], messages.Select(static message => message["text"]));
        Assert.Equal(["True", "", "True"], messages.Select(static message => message.Data.TryGetProperty("external", out var external) ? external.ToString() : ""));
        program.Kill();
    }

    [Fact]
    public async Task What_is_said_and_who_comes_is_published_once_and_rubbish_changes_nothing()
    {
        await using var cluster = await ChatCluster.StartAsync(databases, nodes: 2, ("LOG_BUS", "on"));
        await using var outside = new Redis.RedisClient(Redis.RedisOptions.Parse(cluster.Redis.Url));
        var said = new List<JsonElement>();
        var told = new List<JsonElement>();
        await using var messages = await outside.SubscribeAsync("chat:messages", message => Add(said, message));
        await using var notifications = await outside.SubscribeAsync("chat:room-notifications", message => Add(told, message));

        await using var alice = await cluster.JoinAsync(0, "websocket", "Alice", "general");
        await using var bob = await cluster.JoinAsync(1, "websocket", "Bob", "general");
        await alice.SayAsync("general", "hello");

        foreach (var rubbish in new[] { "", "{", "[]", "null", "{}", """{"username":1}""", """{"username":"A","room":"general","message":" "}""", """{"username":"A","room":"nowhere","message":"x"}""", new string('x', 100_000) })
        {
            await Redis.RedisCommands.PublishAsync(outside, "chat:messages", System.Text.Encoding.UTF8.GetBytes(rubbish));
            await Redis.RedisCommands.PublishAsync(outside, "chat:room-notifications", System.Text.Encoding.UTF8.GetBytes(rubbish));
        }

        for (var i = 0; i < 2; i++)
        {
            // The same twice is two messages.
            await Redis.RedisCommands.PublishAsync(outside, "chat:messages", """{"username":"Zoé","room":"General","message":"bonjour"}"""u8.ToArray());
        }

        Assert.Equal(["hello", "bonjour", "bonjour"], (await bob.WaitForAsync("message", 3)).Select(static message => message["text"]));
        Assert.Equal("invalid_argument", await bob.FailAsync("message:send", new { room = "general", text = "x", clientMsgId = "bus:1" }));
        await bob.LeaveAsync();
        await Eventually.Async("the departure is told", () => Copy(told).Contains("general: Bob left"));
        Assert.Equal(["general: Alice joined", "general: Bob joined", "general: Bob left"], Copy(told).Where(static text => text.StartsWith("general: ", StringComparison.Ordinal)));
        Assert.Single(Copy(said), static text => text == "general: hello");
        await Eventually.Async("the nodes say so", () => cluster.OutputOf(0).Any(static line => line.Contains("[Local → Redis] [general] Alice: hello"))
            && cluster.OutputOf(1).Any(static line => line.Contains("[Redis → Clients] [general] Alice: hello")));
    }

    private static void Add(List<JsonElement> list, Redis.RedisMessage message)
    {
        lock (list)
        {
            try
            {
                list.Add(JsonDocument.Parse(message.Payload.ToArray()).RootElement);
            }
            catch (JsonException)
            {
                // The rubbish comes back, too.
            }
        }
    }

    private static List<string> Copy(List<JsonElement> list)
    {
        lock (list)
        {
            return [.. list
                .Where(static item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty("node", out _))
                .Select(static item => $"{item.GetProperty("room")}: {item.GetProperty("message")}")];
        }
    }

    private static Process StartProgram(string redis)
    {
        var folder = Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node");
        return Process.Start(new ProcessStartInfo("node", ["chat-bus.mjs", redis, "general"]) { WorkingDirectory = folder })!;
    }
}
