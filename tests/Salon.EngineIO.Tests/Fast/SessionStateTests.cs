using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO.Sessions;
using Salon.EngineIO.Transports;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Where a session is in its life: what follows what, whichever thread is faster.</summary>
[Trait("Stage", "fast")]
public sealed class SessionStateTests : IDisposable
{
    private readonly EngineServer _server = new(new EngineIOOptions(), static _ => SilentHandler.Instance, new ServiceCollection().BuildServiceProvider());

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Who_closes_an_open_session_tells_its_handler()
    {
        var state = new SessionState(new PollingTransport(_server));

        Assert.True(state.TryOpen(SilentHandler.Instance));
        Assert.True(state.TryClose(CloseReason.TransportClose, out var left));

        Assert.True(left.TellsEnd);
        Assert.Equal(CloseReason.TransportClose, state.CloseReason);
        Assert.False(state.IsOpen);
    }

    [Fact]
    public void Who_closes_a_session_whose_handler_is_being_made_leaves_telling_it_to_the_maker()
    {
        var state = new SessionState(new PollingTransport(_server));

        Assert.True(state.TryClose(CloseReason.TransportClose, out var left));
        Assert.False(left.TellsEnd);
        Assert.Null(state.Handler);

        Assert.False(state.TryOpen(SilentHandler.Instance));
        Assert.False(state.TryClose(CloseReason.ForcedClose, out _));
        Assert.Equal(CloseReason.TransportClose, state.CloseReason);
    }

    [Fact]
    public async Task However_opening_and_closing_interleave_exactly_one_of_them_tells_the_handler()
    {
        for (var round = 0; round < 2000; round++)
        {
            var state = new SessionState(new PollingTransport(_server));
            using var start = new Barrier(3);
            var tellers = 0;

            var opening = Task.Run(() =>
            {
                start.SignalAndWait();

                if (!state.TryOpen(SilentHandler.Instance))
                {
                    Interlocked.Increment(ref tellers);
                }
            });
            var closing = new[] { CloseReason.PingTimeout, CloseReason.ForcedClose }.Select(reason => Task.Run(() =>
            {
                start.SignalAndWait();

                if (state.TryClose(reason, out var left) && left.TellsEnd)
                {
                    Assert.NotNull(state.Handler);
                    Interlocked.Increment(ref tellers);
                }
            }));

            await Task.WhenAll([opening, .. closing]);
            Assert.Equal(1, tellers);
        }
    }

    [Fact]
    public void A_session_that_was_closed_neither_upgrades_nor_changes_its_transport()
    {
        var state = new SessionState(new PollingTransport(_server));
        state.TryClose(CloseReason.ForcedClose, out _);

        Assert.False(state.TryBeginUpgrade(static _ => throw new InvalidOperationException("It must not begin."), out _));
        Assert.False(state.TrySwitchTo(new PollingTransport(_server)));
    }
}
