using Salon.SocketIO.Redis.Sharded;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Which rooms are listened to: <see cref="RoomChannels"/>, while rooms come and go in any order. The test plays Redis.</summary>
[Trait("Stage", "fast")]
public sealed class ChannelStateTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly HashSet<string> _rooms = [];
    private readonly RoomChannels _channels;

    public ChannelStateTests() => _channels = new RoomChannels(
        room =>
        {
            lock (_rooms)
            {
                return _rooms.Contains(room);
            }
        },
        room => _played.Hub.Listen($"channel {room}", ListeningKind.Sharded, static _ => { }),
        _played.Hub.Guard);

    public ValueTask InitializeAsync() => new(_played.ConnectedAsync());

    public async ValueTask DisposeAsync()
    {
        await _channels.CloseAsync().AsTask().Soon();
        await _played.DisposeAsync();
    }

    [Fact]
    public async Task A_room_is_listened_to_once_however_often_it_is_told_that_it_has_come_and_not_any_more_when_it_has_gone()
    {
        Change("a", isThere: true);
        Change("a", isThere: true);
        Change("b", isThere: true);
        await Task.WhenAll(_channels.WaitAsync("a"), _channels.WaitAsync("b"), _channels.WaitAsync("unknown")).Soon();
        Assert.Equal(2, _played.Redis.Count("SSUBSCRIBE"));

        Change("a", isThere: false);
        Change("a", isThere: false);
        Change("unknown", isThere: false);

        await Eventually.Async("one is left", () => _played.Redis.CountSubscribers("Schannel a") == 0 && _played.Redis.CountSubscribers("Schannel b") == 1);
    }

    [Fact]
    public async Task What_is_told_late_changes_nothing_since_it_is_looked_up_what_is_so()
    {
        lock (_rooms)
        {
            _rooms.Add("a");
        }

        // That it has gone is told although it is there again, and the other way round.
        _channels.OnChanged("a");
        _channels.OnChanged("a");
        await _channels.WaitAsync("a").Soon();
        Assert.Equal(1, _played.Redis.CountSubscribers("Schannel a"));
        _channels.OnChanged("b");

        Assert.True(_channels.WaitAsync("b").IsCompletedSuccessfully);
        Assert.Equal(1, _played.Redis.Count("SSUBSCRIBE"));
    }

    [Fact]
    public async Task However_fast_a_room_comes_and_goes_in_the_end_it_is_as_it_was_last()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                Change("a", isThere: (i + thread) % 2 == 0);
            }
        }))).Soon();

        Change("a", isThere: true);
        await _channels.WaitAsync("a").Soon();
        await Eventually.Async("it is listened to", () => _played.Redis.CountSubscribers("Schannel a") == 1);
        Change("a", isThere: false);
        await Eventually.Async("it is not", () => _played.Redis.CountSubscribers("Schannel a") == 0);
    }

    [Fact]
    public async Task After_the_end_nothing_is_listened_to_any_more_and_it_may_end_twice()
    {
        Change("a", isThere: true);
        await _channels.WaitAsync("a").Soon();

        await _channels.CloseAsync().AsTask().Soon();
        await _channels.CloseAsync().AsTask().Soon();
        Change("b", isThere: true);
        Change("a", isThere: true);

        await Eventually.Async("nothing is listened to", () => _played.Redis.CountSubscribers("Schannel a") == 0);
        Assert.Equal(1, _played.Redis.Count("SSUBSCRIBE"));
        Assert.True(_channels.WaitAsync("b").IsCompletedSuccessfully);
    }

    private void Change(string room, bool isThere)
    {
        lock (_rooms)
        {
            _ = isThere ? _rooms.Add(room) : _rooms.Remove(room);
        }

        _channels.OnChanged(room);
    }
}
