using Salon.Tests;
using Salon.Timing;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What is said once a minute, however often it happens, by our clock.</summary>
[Trait("Stage", "fast")]
public class OnceAMinuteTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void It_is_said_at_once_and_then_again_when_a_minute_is_over_and_not_before()
    {
        var once = new OnceAMinute(_time);

        Assert.True(once.TryTake());
        Assert.False(once.TryTake());
        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.False(once.TryTake());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(once.TryTake());
        Assert.False(once.TryTake());
    }

    [Fact]
    public void Of_many_who_ask_at_once_one_says_it()
    {
        var once = new OnceAMinute(_time);
        var said = 0;

        Parallel.For(0, 1_000, _ =>
        {
            if (once.TryTake())
            {
                Interlocked.Increment(ref said);
            }
        });

        Assert.Equal(1, said);
    }
}
