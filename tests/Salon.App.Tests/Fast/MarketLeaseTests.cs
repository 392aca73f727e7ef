using Salon.App.Hosting;
using Salon.App.Stocks.Cluster;
using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Who has the right to make the market: one at a time, whatever becomes of questions and answers. The test plays Redis; our clock.</summary>
[Trait("Stage", "fast")]
public sealed class MarketLeaseTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly PlayedStore _store;
    private readonly MarketKeys _keys;
    private readonly MarketLease _lease;
    private readonly Lock _gate = new();
    private string? _holder;
    private long _until;
    private string? _failure;
    private bool _isDone;

    public MarketLeaseTests()
    {
        _store = new PlayedStore(_time) { First = Answer };
        _keys = new MarketKeys(new PlayedMarket(), new RedisSettings(new RedisOptions()));
        _lease = Create("this");
    }

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task One_has_it_until_it_is_given_back_and_a_process_of_the_same_name_is_another()
    {
        var same = Create("this");

        Assert.True(await _lease.TryTakeAsync());
        Assert.False(await same.TryTakeAsync());
        Assert.False(await same.TryKeepAsync());
        await same.ReleaseAsync();
        Assert.False(await same.TryTakeAsync());

        await _lease.ReleaseAsync();
        await _lease.ReleaseAsync();
        Assert.True(await same.TryTakeAsync());
        Assert.False(await _lease.TryTakeAsync());
    }

    [Fact]
    public async Task It_is_renewed_every_second_and_lasts_for_as_long_as_it_is_renewed()
    {
        Assert.True(await _lease.TryTakeAsync());
        var asked = Asked();

        for (var i = 0; i < 40; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.True(await _lease.TryKeepAsync());
        }

        Assert.Equal(10, Asked() - asked);
        Assert.False(await Create("other").TryTakeAsync());
    }

    [Fact]
    public async Task Who_slept_through_its_end_learns_that_it_is_another_ones()
    {
        var other = Create("other");
        Assert.True(await _lease.TryTakeAsync());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await other.TryTakeAsync());

        Assert.False(await _lease.TryKeepAsync());
        Assert.False(await _lease.TryKeepAsync());
        Assert.False(await _lease.TryTakeAsync());
        await _lease.ReleaseAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await other.TryKeepAsync());
    }

    [Fact]
    public async Task Who_never_heard_that_it_has_it_has_it_when_it_asks_again()
    {
        Fail("ERR the answer got lost", isDone: true);
        await Assert.ThrowsAsync<RedisServerException>(_lease.TryTakeAsync);
        Fail(null);

        Assert.False(await Create("other").TryTakeAsync());
        Assert.True(await _lease.TryTakeAsync());
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(await Create("other").TryTakeAsync());
    }

    [Fact]
    public async Task A_renewal_that_failed_is_asked_for_again_and_not_taken_for_done()
    {
        Assert.True(await _lease.TryTakeAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail("ERR not now");
        await Assert.ThrowsAsync<RedisServerException>(_lease.TryKeepAsync);
        await Assert.ThrowsAsync<RedisServerException>(_lease.TryKeepAsync);
        Fail(null);
        var asked = Asked();

        Assert.True(await _lease.TryKeepAsync());
        Assert.Equal(1, Asked() - asked);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(await Create("other").TryTakeAsync());
    }

    private MarketLease Create(string node) => new(_store.Client, _keys, node, _time);

    private int Asked() => _store.Redis.Count("EVAL");

    private void Fail(string? error, bool isDone = false)
    {
        lock (_gate)
        {
            (_failure, _isDone) = (error, isDone);
        }
    }

    // Scripts are told apart by what they do.
    private string? Answer(ScriptedCall call)
    {
        lock (_gate)
        {
            switch (call)
            {
                case { Name: "EVALSHA" }:
                    return ScriptedRedis.Error("NOSCRIPT No matching script");
                case { Name: "EVAL", Words: [_, var script, _, var key, var holder, ..] } when key == _keys.Lease:
                    var answer = _failure is null || _isDone ? Run(script, holder) : 0;
                    return _failure is { } failure ? ScriptedRedis.Error(failure) : ScriptedRedis.Number(answer);
                default:
                    return null;
            }
        }
    }

    private int Run(string script, string holder)
    {
        var now = _time.GetTimestamp();
        _holder = now < _until ? _holder : null;
        var isTaken = script.Contains("'NX'", StringComparison.Ordinal) && _holder is null;

        if (!isTaken && _holder != holder)
        {
            return 0;
        }

        _holder = script.Contains("'DEL'", StringComparison.Ordinal) ? null : holder;
        _until = now + (long)(MarketLease.Duration.TotalSeconds * _time.TimestampFrequency);
        return 1;
    }
}
