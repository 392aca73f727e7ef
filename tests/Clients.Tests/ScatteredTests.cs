using System.Collections.Concurrent;
using Salon.Tests;
using SocketIOClient;
using SocketIOClient.Transport;
using Client = SocketIOClient.SocketIO;

namespace Salon.Clients.Tests;

/// <summary>Clients that poll while each of their requests arrives at another server of the cluster.</summary>
public class ScatteredTests(ScatteredServers shared) : IClassFixture<ScatteredServers>
{
    private string Address => shared.Uri.ToString().TrimEnd('/');

    public static IEnumerable<TheoryDataRow<string, string>> Scenarios() =>
    [
        .. from transports in new[] { "polling", "upgrade" }
           from scenario in new[]
           {
               "text and binary come back",
               "events without acks keep their order",
               "the server asks and the client answers",
               "namespaces share a connection and know their auth",
               "rooms reach their members",
               "a lost connection comes back by itself",
               "the heartbeat holds a quiet connection",
           }
           select new TheoryDataRow<string, string>(scenario, transports),
        new("polling becomes a websocket without losing anything", "polling"),
        new("a websocket that is refused leaves polling as it was", "upgrade"),
    ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_official_client_gets_what_it_should(string scenario, string transports) => await ExternalProgram.RunAsync(
        "node",
        ["scenarios.mjs", scenario, Address, transports, "standard"],
        Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"));

    [Theory]
    [InlineData("polling")]
    [InlineData("upgrade where it can")]
    public async Task The_python_client_gets_what_it_should(string transports)
    {
        ExternalProgram.Require("/usr/lib/python3/dist-packages/socketio/__init__.py", "apt-get install python3-socketio python3-requests python3-websocket");

        await ExternalProgram.RunAsync(
            "/usr/bin/python3",
            ["scenarios.py", Address, transports],
            Path.Combine(Repository.Root, "tests/Clients.Tests/python"));
    }

    [Fact]
    public async Task The_c_sharp_client_gets_its_events_in_order()
    {
        // This client posts its pong while it posts an event: see CSharpTests.
        await using var servers = new ScatteredServers { PingInterval = TimeSpan.FromSeconds(25) };
        await servers.InitializeAsync();
        using var client = new Client(servers.Uri, new SocketIOOptions { Transport = TransportProtocol.Polling, AutoUpgrade = false, Reconnection = false });
        var connected = new TaskCompletionSource();
        var received = new ConcurrentQueue<int>();
        client.OnConnected += (_, _) => connected.TrySetResult();
        client.On("back", response => received.Enqueue(response.GetValue<int>()));
        await client.ConnectAsync().Soon();
        await connected.Task.Soon();

        for (var i = 0; i < 100; i++)
        {
            await client.EmitAsync("send back", i);
        }

        await Eventually.Async("all have arrived", () => received.Count == 100);
        Assert.Equal(Enumerable.Range(0, 100), received);
        await client.DisconnectAsync();
    }
}
