using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Tests;
using SocketIOClient;
using SocketIOClient.Transport;
using Client = SocketIOClient.SocketIO;

namespace Salon.Clients.Tests;

/// <summary>The C# client <c>SocketIOClient</c> 3.0.6.</summary>
public class CSharpTests
{
    // This client posts its pong while it posts an event, and two posts at once end a session here as on the reference: with
    // the ping every 100 ms of the other scenarios that happens in most runs.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(25);

    [Theory]
    [InlineData(TransportProtocol.Polling)]
    [InlineData(TransportProtocol.WebSocket)]
    public async Task Text_and_binary_come_back(TransportProtocol transport)
    {
        await using var server = await ScenarioServer.StartAsync(pingInterval: PingInterval);
        using var client = await ConnectAsync(server, transport);
        byte[] data = [1, 2, 3];

        var text = await AskAsync(client, "echo", "é€😀", 7);
        var binary = await AskAsync(client, "echo", data);

        var values = text.GetValue<JsonElement>();
        Assert.Equal("é€😀", values[0].GetString());
        Assert.Equal(7, values[1].GetInt32());
        Assert.Equal(data, Assert.Single(binary.GetValue<byte[][]>()));
        await client.DisconnectAsync();
    }

    [Theory]
    [InlineData(TransportProtocol.Polling)]
    [InlineData(TransportProtocol.WebSocket)]
    public async Task Events_arrive_in_order(TransportProtocol transport)
    {
        await using var server = await ScenarioServer.StartAsync(pingInterval: PingInterval);
        using var client = await ConnectAsync(server, transport);
        var received = new ConcurrentQueue<int>();
        client.On("back", response => received.Enqueue(response.GetValue<int>()));

        for (var i = 0; i < 100; i++)
        {
            await client.EmitAsync("send back", i);
        }

        await Eventually.Async("all have arrived", () => received.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100), received);
        await client.DisconnectAsync();
    }

    [Theory]
    [InlineData(TransportProtocol.Polling)]
    [InlineData(TransportProtocol.WebSocket)]
    public async Task The_server_asks_and_the_client_answers(TransportProtocol transport)
    {
        await using var server = await ScenarioServer.StartAsync(pingInterval: PingInterval);
        using var client = await ConnectAsync(server, transport);
        client.On("question", response => response.CallbackAsync(response.GetValue<int>() + response.GetValue<int>(1)));

        var answer = await AskAsync(client, "ask me", 40, 2);

        Assert.Equal(42, answer.GetValue<int>());
        await client.DisconnectAsync();
    }

    [Theory]
    [InlineData(TransportProtocol.Polling)]
    [InlineData(TransportProtocol.WebSocket)]
    public async Task A_namespace_knows_the_clients_auth(TransportProtocol transport)
    {
        await using var server = await ScenarioServer.StartAsync(pingInterval: PingInterval);
        using var client = await ConnectAsync(server, transport, "/guarded", new { token = "secret" });

        var answer = await AskAsync(client, "who am I");

        Assert.Equal("secret", answer.GetValue<string>());
        await client.DisconnectAsync();
    }

    private static async Task<Client> ConnectAsync(TestServer server, TransportProtocol transport, string name = "/", object? auth = null)
    {
        var client = new Client(new Uri(server.Uri, name), new SocketIOOptions { Transport = transport, AutoUpgrade = false, Auth = auth, Reconnection = false });
        var connected = new TaskCompletionSource();

        // This client's ConnectAsync waits for the connection, but not for the namespace.
        client.OnConnected += (_, _) => connected.TrySetResult();
        await client.ConnectAsync().Soon();
        await connected.Task.Soon();
        return client;
    }

    private static async Task<SocketIOResponse> AskAsync(Client client, string name, params object[] arguments)
    {
        var answer = new TaskCompletionSource<SocketIOResponse>();
        await client.EmitAsync(name, answer.SetResult, arguments);
        return await answer.Task.Soon();
    }
}
