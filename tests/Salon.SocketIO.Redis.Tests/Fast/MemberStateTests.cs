using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.Supervision;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Which servers there are, by our clock: what the Redis that the test plays says of leases, and what is believed while it says nothing.</summary>
[Trait("Stage", "fast")]
public sealed class MemberStateTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScriptedRedis _redis;
    private readonly RedisClient _client;
    private readonly RedisRefusals _refusals;
    private readonly RedisMembers _members;
    private readonly List<string> _told = [];
    private readonly Lock _gate = new();
    private ScriptedCall? _held;
    private string[] _leases = [];
    private string? _failure;
    private bool _isHolding;
    private int _isNew = 1;
    private int _rounds;

    public MemberStateTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _redis = new ScriptedRedis(Answer);
        _client = new RedisClient(RedisOptions.Parse(_redis.Url), _loggers, _time);
        _refusals = new RedisRefusals(_services, _loggers.CreateLogger("refusals"), _time);
        _members = new RedisMembers(_client, new RedisAdapterOptions { MemberTimeout = Lease }, _refusals, new Guard(_loggers.CreateLogger("test")), _time, _loggers.CreateLogger("test"));
        _members.Joined += id => Tell($"+{id}");
        _members.Left += id => Tell($"-{id}");
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        var ending = _members.DisposeAsync().AsTask();
        await Eventually.Async("the members have left", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return ending.IsCompleted;
        });
        await ending;
        await _client.DisposeAsync().AsTask().Soon();
        await _redis.DisposeAsync();
        _loggers.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_comes_and_goes_is_told_once_and_this_server_is_none_of_the_others()
    {
        await RoundsAsync(1);
        await ChangeAsync("a", "b");
        await RoundAsync();
        await ChangeAsync("b", "c");
        await RoundAsync();
        await ChangeAsync();

        Assert.Equal(["+a", "+b", "+c", "-a", "-b", "-c"], Told());
        Assert.Empty(_members.Others);
    }

    [Fact]
    public async Task A_lease_is_renewed_four_times_before_it_ends()
    {
        await RoundsAsync(1);
        await RoundAsync();
        await RoundAsync();
        await RoundAsync();

        _time.Advance((Lease / 4) - TimeSpan.FromTicks(1));
        Assert.Equal(4, _redis.Count("EVALSHA"));
        Assert.All(_redis.Commands.Where(static command => command.StartsWith("EVALSHA", StringComparison.Ordinal)), command => Assert.EndsWith($" {_members.Self} 4000", command));
    }

    [Fact]
    public async Task While_Redis_refuses_or_is_away_everybody_counts_as_before_and_the_others_have_a_leases_time_to_come_back()
    {
        _logs.Expect("could not be renewed");
        _logs.Expect("was lost");
        await RoundsAsync(1);
        await ChangeAsync("a", "b");

        _redis.Cut();
        _failure = "LOADING Redis is loading the dataset in memory";
        _logs.Expect("refuses");
        await UntilAsync("it failed a few times", () => _refusals.Count > 2);
        Assert.Equal(["a", "b"], Others());

        // Redis is back without its memory: this server is new to it, and the others have not come yet.
        (_leases, _isNew) = ([], 1);
        Volatile.Write(ref _failure, null);
        await UntilAsync("it is taken again", () => !_refusals.Any);
        await RoundAsync();
        Assert.Equal(["a", "b"], Others());

        // One of them comes in time; the other does not.
        _leases = ["a"];
        await UntilAsync("who did not come is gone", () => Others().Length == 1);
        Assert.Equal(["a"], Others());
        Assert.Equal(["+a", "+b", "-b"], Told());
    }

    [Fact]
    public async Task A_Redis_that_was_started_again_between_two_rounds_is_noticed_by_its_not_knowing_this_server()
    {
        await RoundsAsync(1);
        await ChangeAsync("a");

        (_leases, _isNew) = ([], 1);
        await RoundAsync();
        Assert.Equal(["a"], Others());
        _leases = ["a"];

        for (var i = 0; i < 8; i++)
        {
            await RoundAsync();
        }

        Assert.Equal(["+a"], Told());
    }

    [Fact]
    public async Task Many_who_want_to_know_who_is_there_now_share_one_question_and_none_gets_an_answer_that_is_older_than_its_own()
    {
        await RoundsAsync(1);
        _isHolding = true;
        var early = _members.RefreshAsync(default);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await Eventually.Async("Redis is asked", () => Held() is not null);

        // The answer to this one is under way already, and does not know who came just now.
        var late = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _members.RefreshAsync(default)));
        var stale = Leases(Held()!);
        (_leases, _isHolding) = (["new"], false);
        Held()!.Reply(stale);
        await early.Soon();

        await UntilAsync("the next question is answered", () => late.IsCompleted);
        Assert.Equal(["new"], Others());
        Assert.InRange(Volatile.Read(ref _rounds), 3, 5);
    }

    [Fact]
    public async Task Who_asks_while_Redis_says_nothing_goes_on_after_two_seconds_with_what_is_known()
    {
        await RoundsAsync(1);
        await ChangeAsync("a");
        _isHolding = true;
        using var leaving = new CancellationTokenSource();
        var (asking, givenUp) = (_members.RefreshAsync(default), _members.RefreshAsync(leaving.Token));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await asking.Soon();

        Assert.Equal(["a"], Others());
        await UntilAsync("Redis was asked", () => Held() is not null);
        Volatile.Write(ref _isHolding, false);
        Held()!.Reply(Leases(Held()!));
    }

    [Fact]
    public async Task Somebody_who_fails_when_told_keeps_nobody_from_being_told_and_the_lease_is_renewed()
    {
        _logs.Expect("IClusterMembers.Joined failed");
        _members.Joined += static _ => throw new InvalidOperationException("A mistake of the application.");
        _members.Joined += id => Tell($"second {id}");
        await RoundsAsync(1);
        await ChangeAsync("a", "b");

        // Known a moment before it is told.
        await Eventually.Async("all are told", () => Told().Count >= 4);
        Assert.Equal(["+a", "+b", "second a", "second b"], Told().Order(StringComparer.Ordinal));
        await RoundAsync();
    }

    [Fact]
    public async Task It_leaves_once_and_gives_its_lease_back_also_when_the_client_has_ended_before()
    {
        await RoundsAsync(1);
        await _members.DisposeAsync().AsTask().Soon();
        await _members.DisposeAsync().AsTask().Soon();
        Assert.Equal(1, _redis.Count("ZREM"));

        var late = new RedisMembers(_client, new RedisAdapterOptions(), _refusals, new Guard(_loggers.CreateLogger("test")), _time, _loggers.CreateLogger("test"));
        await RoundsAsync(2);
        await _client.DisposeAsync().AsTask().Soon();
        await late.DisposeAsync().AsTask().Soon();
        Assert.Equal(1, _redis.Count("ZREM"));
    }

    private async Task ChangeAsync(params string[] leases)
    {
        Volatile.Write(ref _leases, leases);
        await UntilAsync("it is known who is there", () => leases.Order(StringComparer.Ordinal).SequenceEqual(Others()));
    }

    /// <summary>One more renewal, which is over.</summary>
    private Task RoundAsync() => RoundsAsync(Volatile.Read(ref _rounds) + 1);

    private Task RoundsAsync(int rounds) => UntilAsync("the lease is renewed", () => Volatile.Read(ref _rounds) >= rounds);

    private Task UntilAsync(string what, Func<bool> condition) => Eventually.Async(what, () =>
    {
        if (condition())
        {
            return true;
        }

        _time.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });

    private string[] Others() => [.. _members.Others.Order(StringComparer.Ordinal)];

    private void Tell(string what)
    {
        lock (_gate)
        {
            _told.Add(what);
        }
    }

    private List<string> Told()
    {
        lock (_gate)
        {
            return [.. _told];
        }
    }

    private ScriptedCall? Held()
    {
        lock (_gate)
        {
            return _held;
        }
    }

    private string? Answer(ScriptedCall call)
    {
        switch (call.Name)
        {
            case "EVALSHA" when Volatile.Read(ref _failure) is { } failure:
                return ScriptedRedis.Error(failure);
            case "EVALSHA" when Volatile.Read(ref _isHolding):
                lock (_gate)
                {
                    _held = call;
                    return null;
                }

            case "EVALSHA":
                return Leases(call);
            case "ZREM":
                return ScriptedRedis.Number(1);
            default:
                return call.Default;
        }
    }

    private string Leases(ScriptedCall call)
    {
        Interlocked.Increment(ref _rounds);
        return ScriptedRedis.Array(
            ScriptedRedis.Number(Interlocked.Exchange(ref _isNew, 0)),
            ScriptedRedis.Array(Volatile.Read(ref _leases).Append(call.Words[4]).Select(ScriptedRedis.Bulk)));
    }
}
