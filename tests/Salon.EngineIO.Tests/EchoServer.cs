using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>A server that sends every message back, and remembers its sessions and why they ended.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    public const string Path = "/engine.io/";

    private readonly TestServer _server;

    private EchoServer(TestServer server) => _server = server;

    public Uri Uri => _server.Uri;

    public HttpClient Http => _server.Http;

    public LogWatcher Logs => _server.Logs;

    public EngineServer Engine { get; private set; } = null!;

    /// <summary>The sessions in the order in which they were opened.</summary>
    public ConcurrentQueue<EngineSession> Sessions { get; } = new();

    /// <summary>Why sessions ended, in the order in which they did.</summary>
    public ConcurrentQueue<CloseReason> Closes { get; } = new();

    /// <summary>What was received, before it was sent back.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    public static async Task<EchoServer> StartAsync(
        Action<EngineIOOptions>? configure = null,
        TimeProvider? time = null,
        HttpProtocols protocols = HttpProtocols.Http1,
        Func<EchoServer, ReadOnlyMemory<byte>, Task>? onMessage = null,
        IRequestForwarder? forwarder = null)
    {
        EchoServer echo = null!;
        EngineServer engine = null!;

        var server = await TestServer.StartAsync(
            app => engine = app.MapEngineIO(Path, session => new Handler(echo, session, onMessage), configure, forwarder: forwarder),
            time: time,
            protocols: protocols);

        echo = new EchoServer(server) { Engine = engine };
        return echo;
    }

    /// <summary>A fresh client is served: whatever was done to the server, the others do not notice.</summary>
    public async Task AssertServesAsync()
    {
        foreach (var transport in new[] { "polling", "websocket" })
        {
            await using var client = await RawClient.OpenAsync(Uri, transport);
            await client.SendAsync("4still here");
            Assert.Equal("4still here", await client.ReceiveAsync());
        }
    }

    /// <summary>Waits until the first session has ended, and says why.</summary>
    public async Task<CloseReason> WaitForCloseAsync()
    {
        await Eventually.Async("a session has ended", () => !Closes.IsEmpty);
        return Closes.First();
    }

    public Task StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Handler : IEngineHandler
    {
        private readonly EchoServer _server;
        private readonly EngineSession _session;
        private readonly Func<EchoServer, ReadOnlyMemory<byte>, Task>? _onMessage;

        public Handler(EchoServer server, EngineSession session, Func<EchoServer, ReadOnlyMemory<byte>, Task>? onMessage)
        {
            (_server, _session, _onMessage) = (server, session, onMessage);
            server.Sessions.Enqueue(session);
        }

        public async ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            _server.Received.Enqueue(System.Text.Encoding.UTF8.GetString(data.Span));

            if (_onMessage is not null)
            {
                await _onMessage(_server, data);
            }

            _session.TrySend(isBinary ? EngineMessage.CreateBinary(data.Span) : EngineMessage.CreateText(data.Span));
        }

        public void OnClose(CloseReason reason) => _server.Closes.Enqueue(reason);
    }
}
