using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Kestrel on event loops. All other tests run on them too; here is what only they could get wrong.</summary>
public class EventLoopTests
{
    // More than there are loops, so that each has several.
    private static readonly int Many = 4 * Environment.ProcessorCount;

    [Fact]
    public async Task A_handler_that_holds_its_thread_holds_up_nobody_else()
    {
        using var released = new ManualResetEventSlim();
        await using var server = await EchoServer.StartAsync(onMessage: (_, data) => HoldIfAsked(data, released));
        var clients = await OpenAsync(server, 2 * Many);

        // Each loop loses several threads.
        foreach (var client in clients[..Many])
        {
            await client.SendAsync("4hold");
        }

        foreach (var client in clients[Many..])
        {
            await client.SendAsync("4hello");
            Assert.Equal("4hello", await client.ReceiveAsync());
        }

        released.Set();

        foreach (var client in clients[..Many])
        {
            Assert.Equal("4hold", await client.ReceiveAsync());
            await client.SendAsync("4again");
            Assert.Equal("4again", await client.ReceiveAsync());
        }

        await CloseAsync(clients);
    }

    [Fact]
    public async Task What_was_sent_before_a_handler_held_its_thread_arrives()
    {
        using var released = new ManualResetEventSlim();
        EchoServer echo = null!;
        await using var server = echo = await EchoServer.StartAsync(onMessage: (server, data) =>
        {
            foreach (var session in server.Sessions)
            {
                session.TrySend(EngineMessage.CreateText("news"u8));
            }

            return HoldIfAsked(data, released);
        });
        var clients = await OpenAsync(server, Many);

        await clients[0].SendAsync("4hold");

        foreach (var client in clients)
        {
            Assert.Equal("4news", await client.ReceiveAsync());
        }

        released.Set();
        Assert.Equal("4hold", await clients[0].ReceiveAsync());
        await CloseAsync(clients);
    }

    [Fact]
    public async Task Connections_that_come_and_go_do_not_get_what_is_meant_for_others()
    {
        await using var server = await EchoServer.StartAsync();

        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            await using var client = await RawClient.OpenAsync(server.Uri, "websocket");

            for (var i = 0; i < 5; i++)
            {
                await client.SendAsync($"4{number} {i}");
                Assert.Equal($"4{number} {i}", await client.ReceiveAsync());
            }
        });

        await Eventually.Async("all have gone", () => server.Engine.ClientsCount == 0);
    }

    [Fact]
    public async Task With_tls_a_websocket_stays_with_kestrel()
    {
        using var certificate = CreateCertificate();
        await using var server = await TestServer.StartAsync(
            app => app.MapEngineIO("/engine.io", session => new Echo(session)),
            certificate: certificate);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString();

        await socket.ConnectAsync(new Uri($"wss://{server.Uri.Authority}/engine.io/?EIO=4&transport=websocket"), default).Soon();
        Assert.StartsWith("0{", await ReceiveAsync(socket));
        await socket.SendAsync("4hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);

        Assert.Equal("4hello", await ReceiveAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
    }

    [Fact]
    public async Task Bodies_larger_than_every_buffer_pass_both_ways_although_both_sides_have_to_wait()
    {
        await using var server = await TestServer.StartAsync(app => app.MapPost("/echo", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.Body.WriteAsync(body.ToArray());
        }));
        var body = RandomNumberGenerator.GetBytes(20_000_000);

        using var response = await server.Http.PostAsync("/echo", new ByteArrayContent(body));

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_addresses_of_both_sides_are_known()
    {
        await using var server = await TestServer.StartAsync(app => app.MapGet("/", (HttpContext context) =>
            $"{context.Connection.RemoteIpAddress} {context.Connection.RemotePort > 0} {context.Connection.LocalIpAddress} {context.Connection.LocalPort}"));

        Assert.Equal($"127.0.0.1 True 127.0.0.1 {server.Uri.Port}", await server.Http.GetStringAsync("/"));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named_at_the_start()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEventLoops().UseUrls($"http://{taken.LocalEndpoint}");
        await using var app = builder.Build();

        var exception = await Assert.ThrowsAsync<IOException>(() => app.StartAsync());

        Assert.IsType<AddressInUseException>(exception.InnerException);
        Assert.Contains(taken.LocalEndpoint.ToString()!, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "127.0.0.1")]
    [InlineData("http://[::]:0", "127.0.0.1")]
    [InlineData("http://[::1]:0", "[::1]")]
    public async Task Every_kind_of_address_can_be_listened_on(string url, string host)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseEventLoops().UseUrls(url);
        await using var app = builder.Build();
        app.MapGet("/", (HttpContext context) => context.Connection.LocalPort);
        await app.StartAsync();
        var port = new Uri(app.Urls.Single()).Port;
        using var http = new HttpClient();

        Assert.Equal($"{port}", await http.GetStringAsync($"http://{host}:{port}/"));
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    public async Task A_handshake_may_have_any_size(int size)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var line = $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1";
        var length = $"{line}\r\nHost: {server.Uri.Authority}\r\n{RawConnection.UpgradeHeaders}X-Fill: \r\n\r\n".Length;

        var head = await connection.RequestAsync(line, $"{RawConnection.UpgradeHeaders}X-Fill: {new string('x', size - length)}\r\n").Soon();

        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        Assert.Contains("\"sid\"", Encoding.UTF8.GetString((await connection.ReceiveFrameAsync().Soon())!.Value.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_sends_before_the_handshake_is_done_or_leaves_right_after_it_leaves_nothing_behind()
    {
        var allowed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest = async _ =>
        {
            await allowed.Task;
            return RequestVerdict.Allow;
        });
        var request = Encoding.ASCII.GetBytes(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.Uri.Authority}\r\n{RawConnection.UpgradeHeaders}\r\n");
        var connections = new List<RawConnection>();

        foreach (var early in new[] { 10, 100_000, 3_000_000 })
        {
            var connection = await RawConnection.ConnectAsync(server.Uri);
            connections.Add(connection);
            _ = connection.SendAsync(request.Concat(new byte[early]).ToArray());
        }

        var gone = await RawConnection.ConnectAsync(server.Uri);
        await gone.SendAsync(request);
        gone.Dispose();
        allowed.SetResult();

        foreach (var connection in connections)
        {
            // The server hangs up.
            await connection.ReceiveCloseAsync().Soon();
            connection.Dispose();
        }

        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task When_the_app_cannot_make_a_handler_the_websocket_is_closed()
    {
        EngineServer engine = null!;
        await using var server = await TestServer.StartAsync(app => engine = app.MapEngineIO("/engine.io", _ => throw new InvalidOperationException("broken")));
        server.Logs.Expect("unhandled exception");
        using var socket = new ClientWebSocket();

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await socket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}/engine.io/?EIO=4&transport=websocket"), default).Soon();
            await ReceiveAsync(socket);
            await ReceiveAsync(socket);
        });

        await Eventually.Async("the session is closed", () => engine.ClientsCount == 0);
    }

    [Fact]
    public async Task A_handler_may_send_more_than_a_queue_holds_to_a_client_that_reads()
    {
        var chunk = EngineMessage.CreateText(Encoding.ASCII.GetBytes(new string('x', 10_000)));
        await using var server = await EchoServer.StartAsync(onMessage: async (server, _) =>
        {
            for (var i = 0; i < 1000; i++)
            {
                server.Sessions.Single().TrySend(chunk);

                if (i % 100 == 0)
                {
                    await server.Sessions.Single().WaitForRoomAsync();
                }
            }
        });
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket");

        await client.SendAsync("4go");

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(10_001, (await client.ReceiveAsync())!.Length);
        }

        Assert.Equal("4go", await client.ReceiveAsync());
    }

    private static async Task<List<RawClient>> OpenAsync(EchoServer server, int count)
    {
        var clients = new List<RawClient>();

        for (var i = 0; i < count; i++)
        {
            clients.Add(await RawClient.OpenAsync(server.Uri, "websocket"));
        }

        return clients;
    }

    private static async Task CloseAsync(List<RawClient> clients)
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private static Task HoldIfAsked(ReadOnlyMemory<byte> data, ManualResetEventSlim released)
    {
        if (data.Span.SequenceEqual("hold"u8))
        {
            Assert.True(released.Wait(Eventually.Patience));
        }

        return Task.CompletedTask;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1000];
        var result = await socket.ReceiveAsync(buffer, default).Soon();
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class Echo(EngineSession session) : IEngineHandler
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            session.TrySend(EngineMessage.CreateText(data.Span));
            return default;
        }

        public void OnClose(CloseReason reason)
        {
        }
    }
}
