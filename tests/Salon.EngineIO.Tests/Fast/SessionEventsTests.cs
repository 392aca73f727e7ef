using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Protocol;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Who watches a session, whoever else begins or ends to do so at the same time: <see cref="SessionEvents"/>.</summary>
[Trait("Stage", "fast")]
public sealed class SessionEventsTests : IDisposable
{
    private readonly EngineServer _server = new(new EngineIOOptions(), static _ => SilentHandler.Instance, new ServiceCollection().AddSingleton<TimeProvider>(new ManualTimeProvider()).BuildServiceProvider());

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task However_many_begin_and_end_to_watch_at_once_none_is_lost_and_none_is_left_behind()
    {
        for (var round = 0; round < 50; round++)
        {
            var session = Open();
            var (staying, gone) = (0, 0);
            Action<EngineSession, CloseReason> onGone = (_, _) => Interlocked.Increment(ref gone);
            using var start = new Barrier(4);

            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();

                for (var i = 0; i < 50; i++)
                {
                    session.Closed += onGone;
                    session.Closed += (_, _) => Interlocked.Increment(ref staying);
                    session.Closed -= onGone;
                }
            }))).Soon();
            session.Close(CloseReason.ForcedClose);

            Assert.Equal((200, 0), (staying, gone));
        }
    }

    [Fact]
    public async Task Who_watches_one_thing_is_told_of_no_other_and_who_has_gone_of_nothing()
    {
        var session = Open();
        var told = new List<string>();
        Action<EngineSession> onHeartbeat = _ => told.Add("heartbeat");
        session.Heartbeat += onHeartbeat;
        session.Heartbeat -= onHeartbeat;
        session.Heartbeat -= onHeartbeat;
        session.PacketReceived += (_, packet) => told.Add($"{packet.Type}");
        session.Closed += (ended, reason) => told.Add($"{reason} {ended == session}");

        await session.OnPacketAsync(new EnginePacket(EnginePacketType.Pong, default));
        session.Close(CloseReason.ForcedClose);
        session.Close(CloseReason.PingTimeout);

        Assert.Equal(["Pong", "ForcedClose True"], told);
    }

    private EngineSession Open()
    {
        var session = new EngineSession(_server, Guid.NewGuid().ToString(), 4, new EngineHandshake("/", [], null, false, default), new SilentTransport());
        Assert.True(session.TryOpen(static _ => SilentHandler.Instance));
        return session;
    }

    private sealed class SilentTransport : ISessionTransport
    {
        public EngineTransport Kind => EngineTransport.WebSocket;

        public void Close(EngineSession session, CloseReason reason) => session.Queue.Complete(discard: true);
    }
}
