using System.Net;
using System.Net.Sockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>A server that has more to do than it can do at once. Runs alone, since it takes all processors.</summary>
[Collection(nameof(MemoryTests))]
public class FairTurnsTests
{
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    public async Task Who_floods_is_read_more_slowly_and_loses_nothing_and_a_neighbour_is_served(string transport)
    {
        var received = 0;
        var wasBusy = 0;
        await using var server = await EchoServer.StartAsync(onMessage: async (server, data) =>
        {
            if (data.Span[0] == (byte)'w')
            {
                // Work for the processor, in more pieces than it can take at once.
                await Task.Yield();

                for (var until = Environment.TickCount64 + 5; Environment.TickCount64 < until;)
                {
                    Thread.SpinWait(100);
                }

                if (server.Engine.IsBusy)
                {
                    Volatile.Write(ref wasBusy, 1);
                }

                Interlocked.Increment(ref received);
            }
        });

        const int Messages = 12;
        var all = 16 * Environment.ProcessorCount * Messages;
        var floods = Enumerable.Range(0, all / Messages).Select(_ => Task.Run(() => FloodAsync(server.Uri, Messages))).ToArray();
        await using var neighbour = await RawClient.OpenAsync(server.Uri, transport);

        while (Volatile.Read(ref wasBusy) == 0 && Volatile.Read(ref received) < all)
        {
            await neighbour.SendAsync("4hello");
            Assert.Equal("4hello", await neighbour.ReceiveAsync());
        }

        await neighbour.SendAsync("4still here");
        Assert.Equal("4still here", await neighbour.ReceiveAsync());

        var clients = await Task.WhenAll(floods).Soon();
        await Eventually.Async("everything is handled", () => Volatile.Read(ref received) == all, TimeSpan.FromMinutes(1));
        Assert.Equal(1, wasBusy);
        Assert.Empty(server.Closes);
        Assert.All(clients, static client => client.Dispose());
    }

    /// <summary>A WebSocket of another address, which sends and does not read.</summary>
    private static async Task<Socket> FloodAsync(Uri server, int messages)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port)).Soon();
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        byte[] frame = [0x81, 0x82, 0, 0, 0, 0, (byte)'4', (byte)'w'];

        for (var i = 0; i < messages; i++)
        {
            await socket.SendAsync(frame);
        }

        return socket;
    }
}
