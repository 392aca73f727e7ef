using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.EngineIO.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>A WebSocket that tries to take a session over: <see cref="UpgradeAttempt"/>, by our clock: ten seconds for the whole attempt, a tenth between noops.</summary>
[Trait("Stage", "fast")]
public sealed class UpgradeAttemptTests : IDisposable
{
    private static readonly EnginePacket Probe = new(EnginePacketType.Ping, "probe"u8.ToArray());
    private static readonly EnginePacket Upgrade = new(EnginePacketType.Upgrade, default);

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly EngineServer _server;
    private readonly EngineSession _session;
    private readonly PollingTransport _polling;
    private readonly Connection _connection = new();
    private readonly WebSocketTransport _webSocket;

    public UpgradeAttemptTests()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_logs)).BuildServiceProvider();
        _server = new EngineServer(new EngineIOOptions { UpgradeTimeout = TimeSpan.FromSeconds(10) }, static _ => SilentHandler.Instance, services);
        _polling = new PollingTransport(_server);
        _session = new EngineSession(_server, Guid.NewGuid().ToString(), 4, new EngineHandshake("/", [], null, false, default), _polling);
        Assert.True(_session.TryOpen(static _ => SilentHandler.Instance));
        _webSocket = Connect(_connection);
    }

    public void Dispose()
    {
        _server.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_WebSocket_that_says_nothing_gives_up_its_turn_and_the_session_goes_on()
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;
        var next = Connect(new Connection());
        Assert.Null(_session.TryBeginUpgrade(next));

        Pass(9.999);
        Assert.Null(_session.TryBeginUpgrade(next));
        Pass(0.001);

        Assert.True(_webSocket.HasFailed);
        Assert.True(_session.IsOpen);
        Assert.NotNull(_session.TryBeginUpgrade(next));

        // What it says too late moves nothing, and does not end the turn of the next.
        await attempt.OnPacketAsync(Upgrade);
        attempt.Fail();
        attempt.Abandon();
        Assert.Equal(EngineTransport.Polling, _session.Transport);
        Assert.Null(_session.TryBeginUpgrade(_webSocket));
    }

    [Fact]
    public async Task After_the_probe_polls_are_let_go_again_and_again_until_the_WebSocket_has_the_session()
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;
        var poll = PollAsync();
        Assert.False(poll.IsCompleted);
        await attempt.OnPacketAsync(Probe);
        Assert.Equal("6", await poll.Soon());

        for (var i = 0; i < 3; i++)
        {
            poll = PollAsync();
            Pass(0.099);
            Assert.False(poll.IsCompleted);
            Pass(0.001);
            Assert.Equal("6", await poll.Soon());
        }

        poll = PollAsync();
        await attempt.OnPacketAsync(Upgrade);
        await poll.Soon();
        Assert.Equal(EngineTransport.WebSocket, _session.Transport);

        // Neither its deadline nor anything that is said again ends what is done.
        Pass(10);
        await attempt.OnPacketAsync(Upgrade);
        attempt.Fail();
        Assert.True(_session.IsOpen);
        Assert.False(_webSocket.HasFailed);
        Assert.Null(_session.TryBeginUpgrade(Connect(new Connection())));
    }

    [Fact]
    public async Task Polls_are_not_let_go_any_more_once_the_attempt_has_failed()
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;
        await attempt.OnPacketAsync(Probe);
        attempt.Fail();

        var poll = PollAsync();
        Pass(5);

        Assert.False(poll.IsCompleted);
        _session.TrySend(EngineMessage.CreateText("still here"u8));
        Assert.Equal("4still here", await poll.Soon());
    }

    [Theory]
    [InlineData(EnginePacketType.Ping, "")]
    [InlineData(EnginePacketType.Ping, "other")]
    [InlineData(EnginePacketType.Pong, "probe")]
    [InlineData(EnginePacketType.Message, "hello")]
    [InlineData(EnginePacketType.Close, "")]
    public async Task Who_says_something_else_has_no_turn_any_more(EnginePacketType type, string data)
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;

        await attempt.OnPacketAsync(new EnginePacket(type, Encoding.UTF8.GetBytes(data)));
        await attempt.OnPacketAsync(Probe);
        await attempt.OnPacketAsync(Upgrade);

        Assert.True(_webSocket.HasFailed);
        Assert.Equal((true, EngineTransport.Polling), (_session.IsOpen, _session.Transport));
        Assert.NotNull(_session.TryBeginUpgrade(Connect(new Connection())));
    }

    [Fact]
    public async Task A_client_may_move_on_without_a_probe()
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;

        await attempt.OnPacketAsync(Upgrade);

        Assert.Equal(EngineTransport.WebSocket, _session.Transport);
    }

    [Fact]
    public async Task A_session_that_ends_meanwhile_ends_the_attempt_and_the_WebSocket_soon_after()
    {
        var attempt = _session.TryBeginUpgrade(_webSocket)!;
        await attempt.OnPacketAsync(Probe);

        _session.Close(CloseReason.ForcedClose);
        await attempt.OnPacketAsync(Upgrade);

        Assert.Equal(EngineTransport.Polling, _session.Transport);
        Assert.False(_webSocket.HasFailed);
        Assert.Equal(0, _connection.Aborts);
        Pass(5);
        Assert.Equal(1, _connection.Aborts);
        Pass(60);
        Assert.Equal(1, _connection.Aborts);
        Assert.Null(_session.TryBeginUpgrade(Connect(new Connection())));
    }

    private WebSocketTransport Connect(Connection connection) =>
        new(_server, new AcceptedWebSocket(Stream.Null, () => connection.Aborts++, EndSending: null, IsCompressed: false, IsDetached: false));

    private async Task<string> PollAsync()
    {
        var context = new DefaultHttpContext { RequestServices = null! };
        var body = new MemoryStream();
        context.Response.Body = body;
        await _polling.PollAsync(_session, _server, context, jsonpIndex: null);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private sealed class Connection
    {
        public int Aborts { get; set; }
    }
}
