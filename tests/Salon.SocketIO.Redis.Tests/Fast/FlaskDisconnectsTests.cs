using Salon.SocketIO.Redis.Flask;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Who is disconnected as Python asks, one after the other, whatever the handlers of the program do meanwhile: <see cref="FlaskDisconnects"/>.</summary>
[Trait("Stage", "fast")]
public sealed class FlaskDisconnectsTests : IAsyncLifetime
{
    private readonly LogWatcher _logs = new();
    private readonly List<int> _called = [];
    private readonly FlaskDisconnects _disconnects;

    public FlaskDisconnectsTests()
    {
        var logger = _logs.CreateLogger("flask");
        _disconnects = new FlaskDisconnects(logger, new Guard(logger), new ManualTimeProvider());
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _disconnects.DisposeAsync().AsTask().Soon();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task They_are_called_in_their_order_and_one_that_fails_keeps_none_from_its_turn()
    {
        _logs.Expect("could not be disconnected");

        for (var i = 0; i < 100; i++)
        {
            var number = i;
            Assert.True(_disconnects.TryAdd("/a", () => Call(number, fails: number % 10 == 5)));
        }

        await CalledAsync(100);
        Assert.Equal(Enumerable.Range(0, 100), _called);
        await Eventually.Async("each failure is told", () => _logs.Entries.Count(static entry => entry.Message.Contains("/a", StringComparison.Ordinal)) == 10);
    }

    [Fact]
    public async Task So_many_wait_and_no_more_and_there_is_room_again_when_the_first_has_had_its_turn()
    {
        using var gate = new ManualResetEventSlim();
        Assert.True(_disconnects.TryAdd("/", () => Wait(gate)));
        await CalledAsync(1);

        Assert.Equal(10_000, Enumerable.Range(0, 10_010).Count(_ => _disconnects.TryAdd("/", static () => { })));
        gate.Set();

        await Eventually.Async("there is room", () => _disconnects.TryAdd("/", () => Call(1)));
        await CalledAsync(2);
    }

    [Fact]
    public async Task At_the_end_those_who_wait_have_their_turn_and_nobody_comes_after_them()
    {
        using var gate = new ManualResetEventSlim();
        _disconnects.TryAdd("/", () => Wait(gate));
        _disconnects.TryAdd("/", () => Call(1));
        await CalledAsync(1);

        var ending = _disconnects.DisposeAsync().AsTask();
        Assert.False(_disconnects.TryAdd("/", () => Call(2)));
        Assert.False(ending.IsCompleted);
        gate.Set();
        await ending.Soon();
        await _disconnects.DisposeAsync().AsTask().Soon();

        Assert.Equal([0, 1], _called);
    }

    private void Wait(ManualResetEventSlim gate)
    {
        Call(0);
        gate.Wait();
    }

    private void Call(int number, bool fails = false)
    {
        lock (_called)
        {
            _called.Add(number);
        }

        if (fails)
        {
            throw new InvalidOperationException();
        }
    }

    private Task CalledAsync(int count) => Eventually.Async($"{count} are called", () =>
    {
        lock (_called)
        {
            return _called.Count == count;
        }
    });
}
