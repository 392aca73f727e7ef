using System.Net;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Code of the application that throws: the call has its own result, and nobody else notices.</summary>
public class FenceTests
{
    [Theory]
    [EachTransport]
    public async Task A_subscriber_of_the_end_that_throws_at_a_ping_timeout_costs_no_other_session_its_deadline(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        server.Logs.Expect("Closed failed");
        server.Engine.Connection += static session => session.Closed += static (_, _) => throw new InvalidOperationException("subscriber");
        await using var first = await RawClient.OpenAsync(server.Uri, transport);
        await using var second = await RawClient.OpenAsync(server.Uri, transport);

        time.Advance(TimeSpan.FromSeconds(25));
        time.Advance(TimeSpan.FromSeconds(20));

        await Eventually.Async("both have ended", () => server.Closes.Count == 2);
        Assert.All(server.Closes, static reason => Assert.Equal(CloseReason.PingTimeout, reason));
        Assert.Equal(2, server.Logs.Entries.Count(static entry => entry.Message == "Closed failed."));
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_that_throws_at_the_end_costs_nobody_anything(string transport)
    {
        var time = new ManualTimeProvider();
        var ended = 0;
        await using var server = await HandlerServer.StartAsync(
            session =>
            {
                session.Closed += (_, _) => ended++;
                return new Handler(session) { OnEnd = static _ => throw new InvalidOperationException("at the end") };
            },
            time);
        server.Logs.Expect("IEngineHandler.OnClose failed");
        await using var first = await RawClient.OpenAsync(server.Uri, transport);
        await using var second = await RawClient.OpenAsync(server.Uri, transport);

        time.Advance(TimeSpan.FromSeconds(25));
        time.Advance(TimeSpan.FromSeconds(20));

        await Eventually.Async("both ends were told", () => ended == 2);
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_that_throws_at_a_message_gets_the_next_one(string transport)
    {
        await using var server = await HandlerServer.StartAsync(static session => new Handler(session)
        {
            OnText = static async text =>
            {
                if (text == "throws later")
                {
                    await Task.Yield();
                }

                if (text.StartsWith("throws", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException(text);
                }
            },
        });
        server.Logs.Expect("IEngineHandler.OnMessageAsync failed");
        await using var client = await RawClient.OpenAsync(server.Uri, transport);

        foreach (var text in new[] { "throws", "throws later", "fine" })
        {
            await client.SendAsync("4" + text);
        }

        Assert.Equal("4fine", await client.ReceiveAsync());
        Assert.Equal(["throws", "throws later"], server.Logs.Entries.Select(static entry => entry.Exception?.Message).OfType<string>());
    }

    [Fact]
    public async Task Where_no_handler_can_be_made_the_handshake_is_refused()
    {
        await using var server = await HandlerServer.StartAsync(static _ => throw new InvalidOperationException("no handler"));
        server.Logs.Expect("createHandler failed");

        using var response = await server.Http.GetAsync(EchoServer.Path + "?EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);

        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri);
        await webSocket.WaitUntilClosedAsync();

        Assert.Equal(2, server.Logs.Entries.Count(static entry => entry.Exception?.Message == "no handler"));
        await Eventually.Async("no session is left", () => server.Engine.ClientsCount == 0);
    }

    [Theory]
    [EachTransport]
    public async Task Subscribers_of_all_events_may_throw(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        server.Logs.Expect(" failed.");
        server.Engine.Connection += static session =>
        {
            session.Upgrading += static _ => throw new InvalidOperationException();
            session.Upgraded += static _ => throw new InvalidOperationException();
            session.Heartbeat += static _ => throw new InvalidOperationException();
            session.PacketReceived += static (_, _) => throw new InvalidOperationException();
            session.PacketCreated += static (_, _) => throw new InvalidOperationException();
            throw new InvalidOperationException();
        };
        server.Engine.ConnectionError += static _ => throw new InvalidOperationException();
        server.Engine.Headers += static _ => throw new InvalidOperationException();
        server.Engine.InitialHeaders += static _ => throw new InvalidOperationException();

        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        await client.SendAsync("4hello");
        Assert.Equal("4hello", await client.ReceiveAsync());
        using var refused = await server.Http.GetAsync(EchoServer.Path + "?EIO=4&transport=abc");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await using var webSocket = await RawWebSocketClient.ConnectAsync(server.Uri, sessionId: polling.SessionId);
        await webSocket.SendAsync("2probe");
        await webSocket.ReceiveAnyAsync().Soon();
        await webSocket.SendAsync("5", "4hello");
        Assert.Equal("4hello", await webSocket.ReceiveAsync());

        var failed = server.Logs.Entries.Where(static entry => entry.Exception is not null).Select(static entry => entry.Message).ToHashSet();
        Assert.Superset(
            new HashSet<string>(["Connection", "ConnectionError", "Headers", "InitialHeaders", "PacketReceived", "PacketCreated", "Upgrading", "Upgraded"])
                .Select(static name => $"{name} failed.").ToHashSet(),
            failed);
    }

    [Fact]
    public async Task A_question_about_origins_that_throws_refuses_the_origin()
    {
        var policy = new CorsPolicy { IsOriginAllowed = static _ => throw new InvalidOperationException("origin") };
        await using var server = await EchoServer.StartAsync(options => options.Cors = policy);
        server.Logs.Expect("Cors failed");
        using var request = new HttpRequestMessage(HttpMethod.Get, EchoServer.Path + "?EIO=4&transport=polling");
        request.Headers.Add("Origin", "http://elsewhere.example");

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_session_that_is_closed_while_its_handler_is_made_tells_it_once_and_only_when_it_is_there()
    {
        var told = new List<string>();
        await using var server = await HandlerServer.StartAsync(session =>
        {
            session.Closed += (_, reason) => told.Add($"closed {reason}");
            Task.Run(() => session.Close(CloseReason.ForcedClose)).Wait();
            session.Close();
            told.Add("made");
            return new Handler(session) { OnEnd = reason => told.Add($"end {reason}") };
        });

        using var response = await server.Http.GetAsync(EchoServer.Path + "?EIO=4&transport=polling");

        Assert.Equal(["made", "end ForcedClose", "closed ForcedClose"], told);
    }

    private sealed class Handler(EngineSession session) : IEngineHandler
    {
        public Func<string, Task>? OnText { get; init; }

        public Action<CloseReason>? OnEnd { get; init; }

        public async ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            var text = System.Text.Encoding.UTF8.GetString(data.Span);

            if (OnText is not null)
            {
                await OnText(text);
            }

            session.TrySend(EngineMessage.CreateText(System.Text.Encoding.UTF8.GetBytes(text)));
        }

        public void OnClose(CloseReason reason) => OnEnd?.Invoke(reason);
    }

    private sealed class HandlerServer(TestServer server, EngineServer engine) : IAsyncDisposable
    {
        public Uri Uri => server.Uri;

        public HttpClient Http => server.Http;

        public LogWatcher Logs => server.Logs;

        public EngineServer Engine => engine;

        public static async Task<HandlerServer> StartAsync(Func<EngineSession, IEngineHandler> createHandler, TimeProvider? time = null)
        {
            EngineServer engine = null!;
            var server = await TestServer.StartAsync(app => engine = app.MapEngineIO(EchoServer.Path, createHandler), time: time);
            return new HandlerServer(server, engine);
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
