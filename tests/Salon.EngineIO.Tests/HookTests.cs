using System.Net;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>What a program can watch and change: middleware, headers, refused requests, and what happens to a session.</summary>
public class HookTests
{
    [Fact]
    public async Task Middleware_runs_before_every_request_in_order_and_can_answer_itself()
    {
        var calls = new List<string>();
        await using var server = await EchoServer.StartAsync();
        server.Engine.Use((context, next) =>
        {
            calls.Add($"first {context.Request.Method}");
            return next(context);
        });
        server.Engine.Use((context, next) =>
        {
            calls.Add("second");
            context.Response.Headers["X-Node"] = "a";

            if (context.Request.Query.ContainsKey("stop"))
            {
                context.Response.StatusCode = 418;
                return Task.CompletedTask;
            }

            return next(context);
        });

        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var post = await client.PostAsync("4hello");
        using var stopped = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling&stop");
        await using var webSocket = await RawWebSocketClient.OpenAsync(server.Uri);

        Assert.Equal(["first GET", "second", "first POST", "second", "first GET", "second", "first GET", "second"], calls);
        Assert.Equal("a", Assert.Single(post.Headers.GetValues("X-Node")));
        Assert.Equal(418, (int)stopped.StatusCode);
        Assert.Equal(2, server.Sessions.Count);
    }

    [Theory]
    [EachTransport]
    public async Task Headers_can_be_set_on_the_first_response_and_on_all(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        server.Engine.InitialHeaders += context => context.Response.Headers["X-First"] = "1";
        server.Engine.Headers += context => context.Response.Headers["X-All"] = "1";
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var first = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport={transport} HTTP/1.1",
            transport == "websocket" ? RawConnection.UpgradeHeaders : "");

        Assert.Contains("X-First: 1\r\n", first);
        Assert.Contains("X-All: 1\r\n", first);

        if (transport == "polling")
        {
            var session = Assert.Single(server.Sessions);
            using var post = await server.Http.PostAsync($"{EchoServer.Path}?EIO=4&transport=polling&sid={session.Id}", new StringContent("4a"));
            Assert.False(post.Headers.Contains("X-First"));
            Assert.True(post.Headers.Contains("X-All"));
        }
    }

    [Fact]
    public async Task Refused_requests_are_told_with_their_reason()
    {
        var errors = new List<string>();
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest = _ => ValueTask.FromResult(RequestVerdict.Refuse("not today")));
        server.Engine.ConnectionError += error => errors.Add($"{(int)error.Code} {error.Message} {error.Context.Request.Query["transport"]}");

        foreach (var query in new[] { "?EIO=4&transport=abc", "?EIO=4&transport=polling&sid=abc", "?EIO=3&transport=polling", "?EIO=4&transport=polling" })
        {
            using var response = await server.Http.GetAsync(EchoServer.Path + query);
            Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(["0 Transport unknown abc", "1 Session ID unknown polling", "5 Unsupported protocol version polling", "4 not today polling"], errors);
    }

    [Fact]
    public async Task A_session_tells_what_happens_to_it()
    {
        var told = new List<string>();
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        server.Engine.Connection += session =>
        {
            told.Add("connection");
            session.Upgrading += _ => told.Add("upgrading");
            session.Upgraded += one => told.Add($"upgraded to {one.Transport.ToName()}");
            session.Heartbeat += _ => told.Add("heartbeat");
            session.PacketReceived += (_, packet) => told.Add($"received {packet}");
            session.PacketCreated += (_, message) => told.Add($"created {System.Text.Encoding.UTF8.GetString(message.Data.Span)}");
            session.Closed += (_, reason) => told.Add($"closed: {reason.ToText()}");
        };
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);

        await webSocket.SendAsync("2probe");
        await webSocket.ReceiveAnyAsync().Soon();
        await webSocket.SendAsync("5", "4hello");
        Assert.Equal("4hello", await webSocket.ReceiveAsync());
        time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal("2", await webSocket.ReceiveAnyAsync().Soon());
        await webSocket.SendAsync("1");
        await webSocket.WaitUntilClosedAsync();
        await Eventually.Async("the end was told", () => told.Contains("closed: transport close"));

        Assert.Equal(
            ["connection", "upgrading", "upgraded to websocket", "received Message hello", "created hello", "created ", "received Pong", "heartbeat", "received Close", "closed: transport close"],
            told);
    }
}
