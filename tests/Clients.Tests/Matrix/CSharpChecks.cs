using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Tests;
using static Salon.Clients.Tests.Matrix.CSharpPeers;

namespace Salon.Clients.Tests.Matrix;

/// <summary>The nineteen checks of <c>SocketIOClient</c> over one transport.</summary>
internal sealed class CSharpChecks(Uri server, string transport)
{
    private static readonly byte[] Data = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

    public async Task<IReadOnlyList<ClientResult>> RunAsync()
    {
        var checks = new Dictionary<string, Func<CSharpPeers, Task<string?>>>
        {
            ["connect"] = Passes(ConnectAsync),
            ["auth payload"] = Passes(AuthAsync),
            ["custom namespace"] = Passes(NamespaceAsync),
            ["connect error"] = Passes(ConnectErrorAsync),
            ["event"] = Passes(EventAsync),
            ["event with several arguments"] = Passes(SeveralArgumentsAsync),
            ["binary both ways"] = Passes(BinaryAsync),
            ["nested binary"] = Passes(NestedBinaryAsync),
            ["ack from the server"] = Passes(AckAsync),
            ["ack from the client"] = Passes(AckOfClientAsync),
            ["ack with binary"] = Passes(AckWithBinaryAsync),
            ["broadcast to a room"] = Passes(RoomAsync),
            ["leaving a namespace"] = LeaveAsync,
            ["server disconnect"] = Passes(ServerDisconnectAsync),
            ["reconnection after a restart"] = Passes(RestartAsync),
            ["a large message"] = Passes(LargeMessageAsync),
            ["unicode"] = Passes(UnicodeAsync),
            ["order of 100 events"] = Passes(OrderAsync),
            ["traffic during the upgrade"] = UpgradeAsync,
        };

        var results = new List<ClientResult>();

        foreach (var check in ClientResult.ChecksOver(transport))
        {
            results.Add(await RunAsync(check, checks[check]));
        }

        return results;
    }

    private static Func<CSharpPeers, Task<string?>> Passes(Func<CSharpPeers, Task> check) => async peers =>
    {
        await check(peers);
        return null;
    };

    private async Task<ClientResult> RunAsync(string check, Func<CSharpPeers, Task<string?>> run)
    {
        try
        {
            await using var peers = new CSharpPeers(server, transport);
            var reason = await run(peers);
            return new ClientResult(transport, check, reason is null ? "yes" : "cannot", reason);
        }
        catch (Exception exception)
        {
            return new ClientResult(transport, check, "no", exception.ToString());
        }
    }

    private async Task ConnectAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();

        Assert.True(client.Connected);
        Assert.Equal(client.Id, (await AskAsync(client, "my id")).GetValue<string>());

        // It opens a second session for its upgrade, and leaves the first.
        var opened = (await AskAsync(client, "my transports")).GetValue<string[]>();
        Assert.Equal(transport == "polling" ? ["polling", "Polling"] : ["websocket", "WebSocket"], opened);
    }

    private static async Task AuthAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync("/guarded", new { token = "secret" });
        Assert.Equal("secret", (await AskAsync(client, "who am I")).GetValue<string>());
    }

    private static async Task NamespaceAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync("/plain");
        Assert.Equal(client.Id, (await AskAsync(client, "my id")).GetValue<string>());
    }

    private static async Task ConnectErrorAsync(CSharpPeers peers)
    {
        var client = peers.Create("/guarded");
        var refused = new TaskCompletionSource<string>();
        client.OnError += (_, message) => refused.TrySetResult(message);
        await client.ConnectAsync().Soon();
        Assert.Equal("not authorized", await refused.Task.Soon());
    }

    private static async Task EventAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        var back = HearAsync(client, "back");
        await client.EmitAsync("send back", 7);
        Assert.Equal(7, (await back.Soon()).GetValue<int>());
    }

    private static async Task SeveralArgumentsAsync(CSharpPeers peers)
    {
        var values = await peers.RepeatAsync(1, "two", new { three = new object?[] { 3, null } }, new object[] { true, 4.5 }, "");
        Assert.Equal("""[1,"two",{"three":[3,null]},[true,4.5],""]""", JsonSerializer.Serialize(Enumerable.Range(0, 5).Select(i => values.GetValue<JsonElement>(i))));
    }

    private static async Task BinaryAsync(CSharpPeers peers)
    {
        var values = await peers.RepeatAsync(Data[..1], "between", Data);
        Assert.Equal(Data[..1], values.GetValue<byte[]>());
        Assert.Equal("between", values.GetValue<string>(1));
        Assert.Equal(Data, values.GetValue<byte[]>(2));
    }

    private static async Task NestedBinaryAsync(CSharpPeers peers)
    {
        var value = (await peers.RepeatAsync(new Nested("nested", [new Inner(Data[..300]), new Inner(Data[..5])]))).GetValue<Nested>();
        Assert.Equal("nested", value.Name);
        Assert.Equal([Data[..300], Data[..5]], value.Deep.Select(inner => inner.Data));
    }

    private static async Task AckAsync(CSharpPeers peers)
    {
        var values = (await AskAsync(await peers.OpenAsync(), "echo", "a", 2)).GetValue<JsonElement>();
        Assert.Equal("""["a",2]""", values.GetRawText());
    }

    private static async Task AckOfClientAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        client.On("question", question => question.CallbackAsync(question.GetValue<int>() + question.GetValue<int>(1)));
        Assert.Equal(42, (await AskAsync(client, "ask me", 40, 2)).GetValue<int>());
    }

    private static async Task AckWithBinaryAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        client.On("bytes", question => question.CallbackAsync((object)(byte[])[.. question.GetValue<byte[]>(), .. Data[..3]]));
        Assert.Equal(Data[..50], Assert.Single((await AskAsync(client, "echo", Data[..50])).GetValue<byte[][]>()));
        var answer = (await AskAsync(client, "ask for bytes", Data[..9])).GetValue<byte[]>();
        Assert.Equal([.. Data[..9], .. Data[..3]], answer);
    }

    private static async Task RoomAsync(CSharpPeers peers)
    {
        var (a, b, c) = (await peers.OpenAsync(), await peers.OpenAsync(), await peers.OpenAsync());
        var (toA, toB, toC) = (HearAsync(a, "said"), HearAsync(b, "said"), HearAsync(c, "said"));
        await AskAsync(a, "join", "room");
        await AskAsync(b, "join", "room");
        await AskAsync(c, "say", "room", "hello");
        Assert.Equal("hello", (await toA.Soon()).GetValue<string>());
        Assert.Equal("hello", (await toB.Soon()).GetValue<string>());
        await AskAsync(c, "echo");
        Assert.False(toC.IsCompleted);
    }

    private static async Task<string?> LeaveAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync("/plain");
        var other = await peers.OpenAsync();
        var id = client.Id;
        await client.DisconnectAsync().Soon();
        await Eventually.Async("the server knows that it left", async () =>
            (await AskAsync(other, "who left")).GetValue<string[]>().Contains($"{id}: client namespace disconnect"));
        return "each of its connections has one namespace, and the server is told when it leaves";
    }

    private static async Task ServerDisconnectAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        var gone = new TaskCompletionSource<string>();
        client.OnDisconnected += (_, reason) => gone.TrySetResult(reason);
        await client.EmitAsync("send me away");
        Assert.Equal("io server disconnect", await gone.Task.Soon());
    }

    private static async Task RestartAsync(CSharpPeers peers)
    {
        var client = peers.Create("/", reconnects: true);
        var connections = new ConcurrentQueue<string>();
        client.OnConnected += (_, _) => connections.Enqueue(client.Id);
        await client.ConnectAsync().Soon();
        await Eventually.Async("it is connected", () => connections.Count == 1);
        await client.EmitAsync("restart the server");
        await Eventually.Async("it has come back", () => connections.Count == 2);
        Assert.Equal("""["hello"]""", (await AskAsync(client, "echo", "hello")).GetValue<JsonElement>().GetRawText());
    }

    private static async Task LargeMessageAsync(CSharpPeers peers)
    {
        var text = new string('x', 999_000);
        Assert.Equal(text, (await peers.RepeatAsync(text)).GetValue<string>());
    }

    private static async Task UnicodeAsync(CSharpPeers peers)
    {
        object[] values = ["é€😀", "👩‍👩‍👧‍👦 𝄞 \u2028 \0 \" \\ ñ", "日本語 עברית हिन्दी"];
        var answer = await peers.RepeatAsync([.. values, new Dictionary<string, int> { ["clé 😀"] = 1 }]);
        Assert.Equal(values, Enumerable.Range(0, 3).Select(i => (object)answer.GetValue<string>(i)));
        Assert.Equal(1, answer.GetValue<Dictionary<string, int>>(3)["clé 😀"]);
    }

    private static async Task OrderAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        var received = new ConcurrentQueue<int>();
        client.On("back", response => received.Enqueue(response.GetValue<int>()));

        for (var i = 0; i < 100; i++)
        {
            await client.EmitAsync("send back", i);
        }

        await Eventually.Async("all have arrived", () => received.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100), received);
    }

    private static async Task<string?> UpgradeAsync(CSharpPeers peers)
    {
        var client = await peers.OpenAsync();
        Assert.Equal(["websocket", "WebSocket"], (await AskAsync(client, "my transports")).GetValue<string[]>());
        return "it asks by polling whether it may, and then opens another session with a WebSocket";
    }

    private sealed record Nested(string Name, IReadOnlyList<Inner> Deep);

    private sealed record Inner(byte[] Data);
}
