using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>What Redis refuses is said once, and once when it works again; what comes and goes is not said each time. By our clock.</summary>
[Trait("Stage", "fast")]
public sealed class RefusalStateTests : IDisposable
{
    private static readonly RedisServerException Oom = new("OOM command not allowed");

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RedisRefusals _refusals;

    public RefusalStateTests() => _refusals = new RedisRefusals(_services, _logs.CreateLogger("refusals"), _time);

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Each_kind_is_said_once_however_often_it_is_refused_and_once_when_it_is_taken()
    {
        _refusals.OnTaken("lease");
        Refuse("lease");
        Refuse("lease");
        Refuse("publish");
        _refusals.OnTaken("unknown");
        Assert.Equal(["lease", "publish"], _refusals.Current);

        _refusals.OnTaken("lease");
        _refusals.OnTaken("lease");

        Assert.Equal((true, 3), (_refusals.Any, _refusals.Count));
        Assert.Equal(["publish"], _refusals.Current);
        Assert.Equal(["refuses lease", "refuses publish", "takes lease"], Said());
        _refusals.OnTaken("publish");
        Assert.False(_refusals.Any);
        Assert.Empty(_refusals.Current);
    }

    [Fact]
    public void What_comes_and_goes_is_said_no_more_often_than_every_half_minute()
    {
        for (var i = 0; i < 30; i++)
        {
            Refuse("publish");
            _refusals.OnTaken("publish");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["refuses publish", "takes publish"], Said());
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Refuse("publish");
        _refusals.OnTaken("publish");
        Assert.Equal(["refuses publish", "takes publish", "refuses publish", "takes publish"], Said());
    }

    [Fact]
    public void What_came_and_went_and_then_stays_refused_is_said_once_the_half_minute_is_over()
    {
        Refuse("publish");
        _refusals.OnTaken("publish");
        _time.Advance(TimeSpan.FromSeconds(5));
        Refuse("publish");
        Assert.Equal(["publish"], _refusals.Current);
        Assert.Equal(2, Said().Count);

        for (var i = 0; i < 300; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Refuse("publish");
        }

        Assert.Equal(["refuses publish", "takes publish", "refuses publish"], Said());
        _refusals.OnTaken("publish");
        Assert.Equal("takes publish", Said()[^1]);
    }

    [Fact]
    public async Task However_many_refuse_and_take_at_once_in_the_end_it_is_as_it_was_last()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                Refuse($"kind {i % 3}");
                _refusals.OnTaken($"kind {(i + thread) % 3}");
            }
        }))).Soon();

        Assert.Equal(8_000, _refusals.Count);

        for (var i = 0; i < 3; i++)
        {
            _refusals.OnTaken($"kind {i}");
        }

        Assert.False(_refusals.Any);
        Assert.Empty(_refusals.Current);
    }

    private void Refuse(string what) => _refusals.OnRefused(what, "Something is lost", Oom);

    private List<string> Said() =>
        [.. _logs.Entries.Select(static entry => (entry.Level == LogLevel.Warning ? "refuses " : "takes ") + entry.Message.Split('(', ')')[1])];
}
