using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
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
}
