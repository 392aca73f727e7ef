using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Hosting;
using Salon.App.Stocks;
using Salon.App.Stocks.Cluster;
using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// What <see cref="MarketFollower"/> makes of the steps of another node, and of what Redis holds when it comes: in order, twice, with gaps, from
/// the future, and broken. The test plays Redis; our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class MarketClusterStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PlayedMarket _source = new();
    private readonly MarketKeys _keys;
    private readonly PlayedStore _store;
    private readonly Market _leader;
    private readonly Market _market;
    private readonly MarketMaker _maker;
    private readonly MarketFollower _follower;
    private long _number;

    public MarketClusterStateTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _keys = new MarketKeys(_source, new RedisSettings(new RedisOptions()));
        _store = new PlayedStore(_time);
        (_leader, _market) = (new Market(_source, meters, isCluster: true), new Market(_source, meters, isCluster: true));
        _leader.Begin("abc", Now);
        _maker = new MarketMaker(_leader, _source);
        _follower = new MarketFollower(_market, new StepStream(_store.Client, _keys), _time, _logs.CreateLogger("market"));
        _logs.Expect("cannot be read");
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Who_comes_later_begins_where_the_others_are_and_knows_the_newest_events_as_well()
    {
        var steps = Enumerable.Range(0, 20).Select(_ => Step(isStored: true)).ToList();
        Store(MarketState.Take(_leader, steps[^1].Id));

        Assert.True(await _follower.TryJoinAsync());

        Assert.Equal(StepId.Parse(steps[^1].Id), _follower.Last);
        Assert.Equal((_leader.Time, _leader.Feed.Ring!.Head), (_market.Time, _market.Feed.Ring!.Head));
        Assert.True(_market.Feed.Ring.TryGet(1, out _));
        Assert.False(_follower.IsLive);
        Assert.True(_follower.TryTake([Step()]));
        Assert.True(_follower.IsLive);
        Assert.Equal(Quotes(_leader), Quotes(_market));
    }

    [Fact]
    public async Task A_step_that_comes_twice_is_true_once_and_after_one_that_is_missing_the_node_must_join_again()
    {
        await JoinAsync();
        var (first, second, third) = (Step(), Step(), Step());

        Assert.True(_follower.TryTake([first, first]));
        Assert.True(_follower.TryTake([first, second, first, second]));
        Assert.Equal(StepId.Parse(second.Id), _follower.Last);
        var head = _market.Feed.Ring!.Head;

        Step();
        var fifth = Step();
        Assert.True(_follower.TryTake([third]));
        Assert.False(_follower.TryTake([fifth]));
        Assert.Equal(StepId.Parse(fifth.Id), _follower.Last);
        Assert.True(_market.Feed.Ring.Head > head);
        Assert.NotEqual(_leader.Time, _market.Time);
    }

    [Fact]
    public async Task Steps_of_another_run_or_before_there_is_a_market_are_not_taken()
    {
        var early = Step();
        Assert.False(_follower.TryTake([early]));
        Assert.False(_follower.HasBegun);

        await JoinAsync();
        Assert.True(_follower.TryTake([Step(edit: static fields => fields.Remove("step"))]));
        var other = Step(edit: static fields => fields["epoch"] = "xyz"u8.ToArray());
        Assert.False(_follower.TryTake([other]));
    }

    [Theory]
    [InlineData("step", "[")]
    [InlineData("step", "[]")]
    [InlineData("step", "[1]")]
    [InlineData("step", "[1,1,2]")]
    [InlineData("events", "[[1,2]]")]
    [InlineData("first", "x")]
    public async Task What_cannot_be_read_is_passed_over_and_what_follows_shows_whether_something_is_missing(string field, string value)
    {
        await JoinAsync();
        var broken = Step(edit: fields => fields[field] = System.Text.Encoding.UTF8.GetBytes(value));

        Assert.True(_follower.TryTake([broken]));
        Assert.Equal(StepId.Parse(broken.Id), _follower.Last);
        Assert.NotEmpty(_logs.Entries);
        _ = Step();
        Assert.NotEqual(_leader.Time, _market.Time);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task A_step_with_a_listing_that_is_not_there_makes_the_node_join_again_and_harms_nothing_after_that(int listing)
    {
        await JoinAsync();
        var time = _leader.Time + 250;
        var broken = Step(edit: fields => fields["step"] = System.Text.Encoding.UTF8.GetBytes($"[{time},1,{listing},100,1]"));

        Assert.False(_follower.TryTake([broken]));
        await JoinAsync();

        Assert.True(_follower.TryTake([Step()]));
        Assert.Equal(Quotes(_leader), Quotes(_market));
    }

    [Fact]
    public async Task It_is_live_for_three_seconds_after_a_step_was_made_true()
    {
        await JoinAsync();
        var step = Step();
        Assert.True(_follower.TryTake([step]));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(_follower.IsLive);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_follower.IsLive);
        Assert.True(_follower.TryTake([step]));
        Assert.False(_follower.IsLive);
    }

    public static TheoryData<string> Broken =>
        ["nothing", "no bytes", "too few quotes", "too many quotes", "no quotes", "negative head", "head beyond all", "epoch of no feed", "empty epoch", "time from the future", "entry from the future"];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_state_that_cannot_be_the_markets_is_as_good_as_none_and_what_is_here_stays(string kind)
    {
        await JoinAsync();
        Assert.True(_follower.TryTake([Step()]));
        var before = (_market.Time, _market.Feed.Ring!.Head, _follower.Last, Quotes: Quotes(_market));
        var state = MarketState.Take(_leader, NextId());
        var future = Now + (long)TimeSpan.FromDays(1).TotalMilliseconds;

        Store(kind switch
        {
            "too few quotes" => state with { Quotes = state.Quotes[7..], Closed = state.Closed[CandleInterval.All.Count..], Growing = state.Growing[CandleInterval.All.Count..] },
            "too many quotes" => state with { Quotes = [.. state.Quotes, .. state.Quotes], Closed = [.. state.Closed, .. state.Closed], Growing = [.. state.Growing, .. state.Growing] },
            "no quotes" => state with { Quotes = [], Closed = [], Growing = [] },
            "negative head" => state with { Head = -3 },
            "head beyond all" => state with { Head = long.MaxValue },
            "epoch of no feed" => state with { Epoch = "with-hyphen" },
            "empty epoch" => state with { Epoch = "" },
            "time from the future" => state with { Time = future },
            "entry from the future" => state with { EntryId = $"{future}-1" },
            _ => null,
        });

        if (kind == "no bytes")
        {
            _store.Set(_keys.State, "x");
        }

        Assert.False(await _follower.TryJoinAsync());
        Assert.Equal(before, (_market.Time, _market.Feed.Ring!.Head, _follower.Last, Quotes(_market)));
        Assert.True(_follower.TryTake([Step()]));
    }

    private async Task JoinAsync()
    {
        Store(MarketState.Take(_leader, NextId()));
        Assert.True(await _follower.TryJoinAsync());
    }

    private void Store(MarketState? state) => _store.Set(_keys.State, state is null ? null : PlayedStore.Text(state.ToBytes()));

    private string NextId() => new StepId(_leader.Origin, ++_number).ToString();

    /// <summary>The leader makes a step.</summary>
    private StreamEntry Step(bool isStored = false, Action<Dictionary<string, ReadOnlyMemory<byte>>>? edit = null)
    {
        _time.Advance(TimeSpan.FromMilliseconds(250));
        var batch = _maker.Make(_leader.Time + 250);
        var fields = new Dictionary<string, ReadOnlyMemory<byte>>(new MarketEntry("abc", _leader.Origin, _leader.Feed.Ring!.Head + 1, batch).ToFields());
        _leader.Apply(batch);
        edit?.Invoke(fields);
        var id = NextId();

        if (isStored)
        {
            _store.Add(id, fields);
        }

        return new StreamEntry(id, fields);
    }

    private static string Quotes(Market market) => market.Read(static (book, _) => string.Join(' ', book.Quotes.ToArray()));
}
