using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Floods over HTTP/2 of clients that do not read: Kestrel ends such a connection, and it is gone then, also for the server.</summary>
public class Http2FloodTests
{
    private const int Floods = 6;
    private const int Requests = 5_000;

    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte ResetFrame = 3;
    private const byte SettingsFrame = 4;
    private const byte PingFrame = 6;

    // GET / of http://localhost, by the static table of HPACK.
    private static readonly byte[] Headers = [0x82, 0x86, 0x84, 0x41, 9, .. "localhost"u8];

    [Theory]
    [InlineData("resets")]
    [InlineData("pings")]
    [InlineData("rubbish")]
    public async Task A_connection_that_is_ended_does_not_stay(string kind)
    {
        var connections = 0;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        if (Environment.GetEnvironmentVariable("SALON_TEST_KESTREL") != "stock")
        {
            builder.WebHost.UseEventLoops();
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection =>
            {
                Interlocked.Increment(ref connections);
                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref connections);
                }
            });
        }));
        await using var app = builder.Build();
        app.MapGet("/", static () => new string('x', 10_000));
        await app.StartAsync();
        var port = new Uri(app.Urls.First()).Port;
        var clients = Enumerable.Range(0, Floods).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 }).ToArray();

        await Task.WhenAll(clients.Select(client => FloodAsync(client, port, kind)));

        // They stay connected, and read nothing.
        await Eventually.Async("all connections are gone", () => Volatile.Read(ref connections) == 0);
        Array.ForEach(clients, static client => client.Dispose());
    }

    private static async Task FloodAsync(Socket client, int port, string kind)
    {
        await client.ConnectAsync(IPAddress.Loopback, port);

        try
        {
            await client.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(SettingsFrame, 0, 0, [])]).Soon();

            for (var i = 0; i < Requests; i++)
            {
                await client.SendAsync(Next(kind, (2 * i) + 1)).Soon();
            }
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            // The server has ended it, or takes nothing more.
        }
    }

    private static byte[] Next(string kind, int stream) => kind switch
    {
        "resets" => [.. Frame(HeadersFrame, flags: 5, stream, Headers), .. Frame(ResetFrame, 0, stream, [0, 0, 0, 8])],
        "pings" => Frame(PingFrame, 0, stream: stream > 2_000 ? 1 : 0, new byte[8]),
        _ => [.. Frame(HeadersFrame, flags: 4, stream, Headers), .. Frame(DataFrame, 0, stream, new byte[16_000])],
    };

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
