using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Floods over HTTP/2 of clients that do not read: a connection that is ended then is gone, also for the server.</summary>
/// <remarks>
/// Not floods of resets: after those, Kestrel itself waits for ever for streams that have ended, on its own sockets as well
/// (https://github.com/dotnet/aspnetcore/issues/51307).
/// </remarks>
public class Http2FloodTests
{
    private const int Floods = 6;

    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte SettingsFrame = 4;
    private const byte PingFrame = 6;
    private const byte EndHeaders = 4;

    // GET / of http://localhost, by the static table of HPACK.
    private static readonly byte[] Headers = [0x82, 0x86, 0x84, 0x41, 9, .. "localhost"u8];

    [Theory]
    [InlineData("rubbish", 5_000)]
    [InlineData("pings", 2_000_000)] // Their answers fill the buffers of both sides, several times.
    public async Task A_connection_that_is_ended_does_not_stay(string kind, int count)
    {
        var connections = new ConcurrentDictionary<ConnectionContext, bool>();
        var reading = 0;
        await using var app = Build(HttpProtocols.Http2, next => async connection =>
        {
            connections[connection] = true;
            try
            {
                await next(connection);
            }
            finally
            {
                connections.TryRemove(connection, out _);
            }
        });
        app.MapGet("/", async context =>
        {
            Interlocked.Increment(ref reading);
            await context.Request.Body.CopyToAsync(Stream.Null);
        });
        await app.StartAsync();
        var clients = Enumerable.Range(0, Floods).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 }).ToArray();

        // Each has a request that is not over.
        await Task.WhenAll(clients.Select(client => BeginAsync(client, PortOf(app))));
        await Eventually.Async("the requests have begun", () => Volatile.Read(ref reading) == Floods);

        await Task.WhenAll(clients.Select(client => Task.Run(() => Flood(client, kind, count))));

        // A server need not end a flood that it can bear, or that it bears by reading no more. So those that are left are ended here.
        foreach (var connection in connections.Keys)
        {
            connection.Abort(new ConnectionAbortedException("Enough."));
        }

        // They stay connected, and read nothing.
        await Eventually.Async("all connections are gone", () => connections.IsEmpty);
        Array.ForEach(clients, static client => client.Dispose());
    }

    [Fact]
    public async Task A_connection_that_is_ended_while_nobody_reads_says_why()
    {
        var filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = Build(HttpProtocols.Http1, _ => async connection =>
        {
            await filled.Task;
            connection.Abort(new ConnectionAbortedException("Enough."));

            try
            {
                await connection.Transport.Input.CopyToAsync(Stream.Null);
                told.SetException(new InvalidOperationException("It looked like the client's own end."));
            }
            catch (Exception exception)
            {
                told.SetResult(exception);
            }
        });
        await app.StartAsync();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, PortOf(app)).Soon();

        await Task.Run(() => Flood(client, "rubbish", 5_000));
        filled.SetResult();

        Assert.Equal("Enough.", Assert.IsType<ConnectionAbortedException>(await told.Task.Soon()).Message);
    }

    private static WebApplication Build(HttpProtocols protocols, Func<ConnectionDelegate, ConnectionDelegate> middleware)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        if (Environment.GetEnvironmentVariable("SALON_TEST_KESTREL") != "stock")
        {
            builder.WebHost.UseEventLoops();
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            listen.Use(middleware);
        }));

        return builder.Build();
    }

    private static int PortOf(WebApplication app) => new Uri(app.Urls.First()).Port;

    private static async Task BeginAsync(Socket client, int port)
    {
        await client.ConnectAsync(IPAddress.Loopback, port).Soon();
        await client.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(SettingsFrame, 0, 0, []), .. Frame(HeadersFrame, EndHeaders, 1, Headers)]).Soon();
    }

    /// <summary>Sends until the server ends the connection, or takes nothing more for a while.</summary>
    private static void Flood(Socket client, string kind, int count)
    {
        client.SendTimeout = 500;

        try
        {
            for (var i = 1; i <= count; i += 100)
            {
                client.Send([.. Enumerable.Range(i, 100).SelectMany(number => Next(kind, (2 * number) + 1))]);
            }
        }
        catch (SocketException)
        {
            // The server has ended it, or does not read.
        }
    }

    private static byte[] Next(string kind, int stream) => kind switch
    {
        "pings" => Frame(PingFrame, 0, 0, new byte[8]),
        _ => [.. Frame(HeadersFrame, EndHeaders, stream, Headers), .. Frame(DataFrame, 0, stream, new byte[16_000])],
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
