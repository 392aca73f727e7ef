using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Hosting.Budgets;
using Salon.App.NativeChat;
using Salon.Http;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>How many connections there may be, and that all of them are told when the node stops, also those that are just coming. Our clock.</summary>
[Trait("Stage", "fast")]
public sealed class NativeConnectionsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NativeChatMetrics _metrics;
    private readonly NativeRoom _room;
    private readonly NativeConnections _connections;

    public NativeConnectionsTests()
    {
        _metrics = new NativeChatMetrics(_services.GetRequiredService<IMeterFactory>());
        _room = new NativeRoom(_metrics, _time);
        _connections = new NativeConnections(_metrics, _time);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task With_the_end_everybody_who_is_there_is_sent_away_once_and_whoever_comes_later_at_once()
    {
        var (first, second) = (new RecordingSocket(), new RecordingSocket());
        var running = Task.WhenAll(RunAsync(first), RunAsync(second));

        _connections.Stop();
        _connections.Stop();
        await running.Soon();
        Assert.Equal(DoorVerdict.Full, _connections.TryTakePlace(Address(1), out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(5), retryAfter);

        var late = new RecordingSocket();
        await RunAsync(late).Soon();
        Assert.All([first, second, late], static socket => Assert.Equal("1001 The server stops. Come back in a moment.", socket.Sent[^1]));
    }

    [Fact]
    public async Task One_that_has_ended_or_was_lost_is_not_sent_away_again_and_whoever_takes_its_time_does_not_keep_the_others()
    {
        var (gone, slow, other) = (new RecordingSocket(), new RecordingSocket { Network = new TaskCompletionSource().Task }, new RecordingSocket());
        var goneRun = RunAsync(gone);
        gone.Abort();
        await goneRun.Soon();
        var (slowRun, otherRun) = (RunAsync(slow), RunAsync(other));

        _connections.Stop();

        await otherRun.Soon();
        Assert.DoesNotContain(gone.Sent, static sent => sent.StartsWith("1001", StringComparison.Ordinal));
        Assert.False(slowRun.IsCompleted);
    }

    [Fact]
    public async Task However_many_come_while_it_stops_none_is_left_without_a_goodbye()
    {
        var sockets = Enumerable.Range(0, 200).Select(static _ => new RecordingSocket()).ToList();
        var coming = sockets.Select(socket => Task.Run(() => RunAsync(socket))).ToList();
        await Task.Run(_connections.Stop);

        await Task.WhenAll(coming).Soon();

        Assert.All(sockets, static socket => Assert.StartsWith("1001", socket.Sent[^1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_place_is_one_of_its_address_and_of_all_and_is_free_again_once_it_is_left()
    {
        for (var i = 0; i < NativeChatLimits.ConnectionsPerAddress; i++)
        {
            Assert.Equal(DoorVerdict.Open, _connections.TryTakePlace(Address(1), out _));
        }

        Assert.Equal(DoorVerdict.TooManyOfAddress, _connections.TryTakePlace(Address(1), out var retryAfter));
        Assert.True(retryAfter > TimeSpan.Zero);
        _connections.LeavePlace(Address(1));
        _connections.LeavePlace(Address(2));
        Assert.Equal(DoorVerdict.Open, _connections.TryTakePlace(Address(1), out _));
        Assert.Equal(DoorVerdict.TooManyOfAddress, _connections.TryTakePlace(Address(1), out _));

        for (var i = 0; i < NativeChatLimits.Connections - NativeChatLimits.ConnectionsPerAddress; i++)
        {
            Assert.Equal(DoorVerdict.Open, _connections.TryTakePlace(Address(10 + (i / 100)), out _));
        }

        Assert.Equal(DoorVerdict.Full, _connections.TryTakePlace(Address(2), out _));
    }

    private static ClientAddress Address(int number) => ClientAddress.Of(new IPAddress([10, 0, 0, (byte)number]));

    private Task RunAsync(RecordingSocket socket) =>
        _connections.RunAsync(new NativeConnection(socket, _room, new NativeChatBudgets(_time), Address(1), _time));
}
