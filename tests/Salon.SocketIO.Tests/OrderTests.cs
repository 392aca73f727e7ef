using System.Globalization;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>The order of events of one socket, in both directions, under load and across the upgrade.</summary>
public class OrderTests
{
    private const int Count = 5_000;

    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task What_a_client_sends_is_handled_in_order(string transport)
    {
        var handled = new List<int>();
        var all = new TaskCompletionSource();
        await using var server = await StartAsync(socket => socket.On("number", async (int number) =>
        {
            if (number % 3 == 0)
            {
                await Task.Yield();
            }

            handled.Add(number);

            if (handled.Count == Count)
            {
                all.SetResult();
            }
        }));
        await using var client = await UpgradingClient.ConnectAsync(server, transport);

        for (var i = 0; i < Count; i += 10)
        {
            await client.SendAsync([.. Enumerable.Range(i, 10).Select(static number => $"42[\"number\",{number}]")]);

            if (i == Count / 2)
            {
                await client.UpgradeAsync();
            }
        }

        await all.Task.Soon();
        Assert.Equal(Enumerable.Range(0, Count), handled);
    }

    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task What_is_emitted_to_a_socket_arrives_in_order(string transport)
    {
        await using var server = await StartAsync(_ => { });
        await using var client = await UpgradingClient.ConnectAsync(server, transport);
        await using var other = await server.ConnectAsync("websocket");
        var socket = server.IO.Sockets.Sockets.Values.MinBy(static socket => socket.Handshake.Issued)!;

        // By turns to it alone and to everybody: both take the same way.
        var emitting = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await (i % 2 == 0 ? socket.EmitAsync("number", i) : server.IO.EmitAsync("number", i));
            }
        });

        for (var i = 0; i < Count; i++)
        {
            var packet = await client.ReceiveAsync();
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), packet!["42[\"number\",".Length..^1]);

            if (i == Count / 2)
            {
                await client.UpgradeAsync();
            }
        }

        await emitting;
    }

    private static Task<SocketServer> StartAsync(Action<Socket> onConnection) =>
        SocketServer.StartAsync(io => io.OnConnection(onConnection), answers: false);

    /// <summary>A client on one transport, or one that moves from polling to WebSocket when it is told to.</summary>
    private sealed class UpgradingClient : IAsyncDisposable
    {
        private readonly SocketServer _server;
        private readonly bool _upgrades;
        private readonly Queue<string> _polled = new();
        private RawClient _client;

        private UpgradingClient(SocketServer server, RawClient client, bool upgrades) => (_server, _client, _upgrades) = (server, client, upgrades);

        public static async Task<UpgradingClient> ConnectAsync(SocketServer server, string transport) =>
            new(server, await server.ConnectAsync(transport == "upgrade" ? "polling" : transport), transport == "upgrade");

        public Task SendAsync(string[] packets) => _client.SendAsync(packets);

        public async Task<string?> ReceiveAsync() => _polled.TryDequeue(out var packet) ? packet : await _client.ReceiveAsync();

        /// <summary>Upgrades as clients do: the last poll is read to its end before the WebSocket takes over.</summary>
        public async Task UpgradeAsync()
        {
            if (!_upgrades)
            {
                return;
            }

            var webSocket = await RawWebSocketClient.ConnectAsync(_server.Uri, SocketServer.Path, _client.SessionId);
            await webSocket.SendAsync("2probe");
            Assert.Equal("3probe", await webSocket.ReceiveAnyAsync().Soon());

            while (await _client.ReceiveAnyAsync().Soon() is { } packet && packet != "6")
            {
                _polled.Enqueue(packet);
            }

            await webSocket.SendAsync("5");
            await _client.DisposeAsync();
            _client = webSocket;
        }

        public ValueTask DisposeAsync() => _client.DisposeAsync();
    }
}
