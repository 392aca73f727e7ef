using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>
/// The pings of one session and the waits of a slow one: <see cref="Heartbeat"/> and <see cref="SlowClientLog"/>, by our clock: 25 seconds between pings,
/// 20 for an answer.
/// </summary>
[Trait("Stage", "fast")]
public sealed class HeartbeatStateTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly EngineServer _server;

    public HeartbeatStateTests()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_logs)).BuildServiceProvider();
        _server = new EngineServer(new EngineIOOptions { MaxSendQueueBytes = 1000 }, static _ => SilentHandler.Instance, services);
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_client_that_answers_is_pinged_again_an_interval_after_its_answer()
    {
        var session = Open(4);

        Assert.Equal(0, PingsAfter(session, 24.9));
        Assert.Equal(1, PingsAfter(session, 0.1));
        Assert.Equal(0, PingsAfter(session, 19));
        await ReceiveAsync(session, EnginePacketType.Pong);
        await ReceiveAsync(session, EnginePacketType.Pong);
        Assert.Equal(0, PingsAfter(session, 24.9));
        Assert.Equal(1, PingsAfter(session, 0.1));
        Assert.True(session.IsOpen);
    }

    [Fact]
    public void A_client_that_says_nothing_ends_when_its_time_is_over_and_not_before()
    {
        var session = Open(4);

        Pass(44.9);
        Assert.True(session.IsOpen);
        Assert.False(session.IsExpired);
        Pass(0.1);

        Assert.Equal(CloseReason.PingTimeout, session.CloseReason);
    }

    [Fact]
    public async Task A_client_that_is_not_read_since_others_come_first_is_not_expected_to_answer_meanwhile()
    {
        var session = Open(4);
        var turns = new List<Task>();
        _server.WatchLateness(static () => TimeSpan.FromMilliseconds(100));
        Pass(41);
        Assert.Equal(1, TakePings(session));

        // It sends so much more than somebody else that it is its turn again after its time to answer is over.
        for (var i = 0; i < 60; i++)
        {
            turns.Add(session.WaitForTurnAsync(100_000).AsTask());
            turns.Add(_server.Turns.TakeAsync(IPAddress.Loopback, 100).AsTask());
            Pass(0.05);
        }

        Assert.True(session.IsHeldBack);
        Pass(2);
        Assert.True(session.IsOpen);
        Assert.False(session.IsExpired);

        _server.Turns.End();
        await Task.WhenAll(turns).Soon();
        Assert.False(session.IsHeldBack);
        Pass(70);
        Assert.Equal(CloseReason.PingTimeout, session.CloseReason);
    }

    [Fact]
    public async Task Whatever_a_client_sends_proves_that_it_lives_and_it_is_pinged_anew()
    {
        var session = Open(4);
        Pass(30);
        TakePings(session);
        await ReceiveAsync(session, EnginePacketType.Message);

        Assert.Equal(1, PingsAfter(session, 15));
        Assert.True(session.IsOpen);

        // What came before that ping counts no more.
        Pass(20);
        Assert.Equal(CloseReason.PingTimeout, session.CloseReason);
    }

    [Fact]
    public async Task A_pong_that_nobody_asked_for_puts_no_ping_off()
    {
        var session = Open(4);
        Pass(20);
        await ReceiveAsync(session, EnginePacketType.Pong);

        Assert.Equal(1, PingsAfter(session, 5));
    }

    [Fact]
    public async Task An_old_client_pings_itself_and_is_only_waited_for()
    {
        var session = Open(3);
        Assert.Equal(0, PingsAfter(session, 44));
        await ReceiveAsync(session, EnginePacketType.Ping);

        Assert.Equal(0, PingsAfter(session, 44));
        Assert.True(session.IsOpen);
        await ReceiveAsync(session, EnginePacketType.Message);

        // Its ping may be late behind something large, for the time of an answer.
        Pass(20.9);
        Assert.True(session.IsOpen);
        Pass(0.1);
        Assert.Equal(CloseReason.PingTimeout, session.CloseReason);
    }

    [Fact]
    public async Task After_the_end_of_a_session_no_ping_and_no_other_end_comes()
    {
        var session = Open(4);
        Pass(26);
        TakePings(session);
        session.Close(CloseReason.ForcedClose);
        await ReceiveAsync(session, EnginePacketType.Pong);

        Assert.Equal(0, PingsAfter(session, 100));
        Assert.Equal(CloseReason.ForcedClose, session.CloseReason);
    }

    [Fact]
    public void A_client_that_does_not_come_after_its_handshake_ends_and_one_that_came_does_not()
    {
        var (absent, early, late) = (new PollingTransport(_server), new PollingTransport(_server), new PollingTransport(_server));
        EngineSession[] sessions = [.. new[] { absent, early, late }.Select(transport => Open(4, transport))];

        early.OnRequest();
        absent.WaitForFirstRequest(sessions[0]);
        early.WaitForFirstRequest(sessions[1]);
        late.WaitForFirstRequest(sessions[2]);
        Pass(9);
        late.OnRequest();
        Pass(1);

        Assert.Equal([CloseReason.PingTimeout, null, null], sessions.Select(static session => session.CloseReason));
    }

    [Fact]
    public void Slow_clients_are_told_of_at_once_and_then_together_once_a_minute()
    {
        var log = new SlowClientLog(_logs.CreateLogger("slow"), _server.Deadlines, maxBytes: 1000);

        log.OnClosed();
        Assert.Equal([1], Told());
        log.OnClosed();
        log.OnClosed();
        Pass(59);
        Assert.Equal([1], Told());
        Pass(1);
        Assert.Equal([1, 2], Told());

        // A minute without any, and the next is told at once again.
        Pass(60);
        log.OnClosed();
        Assert.Equal([1, 2, 1], Told());
    }

    private EngineSession Open(int version, ISessionTransport? transport = null)
    {
        var session = new EngineSession(_server, Guid.NewGuid().ToString(), version, new EngineHandshake("/", [], null, false, default), transport ?? new SilentTransport());
        Assert.True(session.TryOpen(static _ => SilentHandler.Instance));
        return session;
    }

    private static ValueTask ReceiveAsync(EngineSession session, EnginePacketType type) => session.OnPacketAsync(new EnginePacket(type, default, false));

    private int PingsAfter(EngineSession session, double seconds)
    {
        Pass(seconds);
        return TakePings(session);
    }

    private static int TakePings(EngineSession session)
    {
        var pings = 0;

        while (session.Queue.TryTake(out var message))
        {
            pings += message == EngineMessage.Ping ? 1 : 0;
        }

        return pings;
    }

    private int[] Told() =>
        [.. _logs.Entries.Where(static entry => entry.Category == "slow").Select(static entry => int.Parse(entry.Message.Split(": ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private sealed class SilentTransport : ISessionTransport
    {
        public EngineTransport Kind => EngineTransport.WebSocket;

        public void Close(EngineSession session, CloseReason reason) => session.Queue.Complete(discard: true);
    }
}
