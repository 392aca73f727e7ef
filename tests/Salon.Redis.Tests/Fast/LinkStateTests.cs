using Salon.Redis.Blocking;
using Salon.Redis.Connections;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>
/// Connections that come back, and those that wait at the server: <see cref="Link"/>, <see cref="RedisConnection"/>,
/// <see cref="BlockingConnections"/>, <see cref="BlockingConnection"/> and <see cref="IdleConnections"/>. The test plays Redis; our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class LinkStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRedis _redis;
    private readonly TestClient _client;
    private readonly Lock _gate = new();
    private readonly List<ScriptedCall> _held = [];
    private volatile Func<ScriptedCall, string?>? _answer;

    public LinkStateTests()
    {
        _redis = new ScriptedRedis(call => (_answer ?? Answer)(call));
        _client = new TestClient(TestClient.Quick(_redis.Url), _time);

        foreach (var expected in new[] { "was lost", "cannot be reached", "cannot be used", "not connected" })
        {
            _client.Logs.Expect(expected);
        }
    }

    private RedisClient Redis => _client.Redis;

    public ValueTask InitializeAsync() => new(_client.ConnectedAsync());

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync().AsTask().Soon();
        await _client.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task What_was_sent_when_the_connection_is_lost_has_perhaps_been_done_and_what_was_not_is_sent_when_it_is_back()
    {
        _answer = Hold;
        var sent = GetAsync("sent");
        await HeldAsync(1);
        _redis.Stop();
        Assert.Contains("may or may not", (await Assert.ThrowsAsync<RedisConnectionException>(() => sent.Soon())).Message, StringComparison.Ordinal);
        await _client.DisconnectedAsync();
        var unsent = GetAsync("unsent");
        Assert.False(unsent.IsCompleted);

        _answer = null;
        _redis.Start();
        await UntilAsync("it is answered", () => unsent.IsCompleted);

        Assert.Equal("unsent", await unsent);
        Assert.Equal(1, _redis.Count("GET sent"));
        Assert.Equal(1, _redis.Count("GET unsent"));
    }

    [Fact]
    public async Task What_waits_too_long_fails_whether_it_was_sent_or_not_and_an_answer_that_comes_then_is_nobody_elses()
    {
        _answer = Hold;
        var slow = GetAsync("slow");
        await HeldAsync(1);

        await UntilAsync("its time is over", () => slow.IsCompleted);

        Assert.True((await Assert.ThrowsAsync<RedisTimeoutException>(() => slow)).WasSent);
        var next = GetAsync("next");
        await HeldAsync(2);
        Release();
        Assert.Equal("next", await next.Soon());
    }

    [Fact]
    public async Task A_server_that_says_nothing_any_more_is_left_and_another_connection_made()
    {
        var connections = _redis.Count("HELLO");
        _answer = static call => call.Name == "PING" ? null : Answer(call);
        Assert.Equal(RedisState.Connected, Redis.State);

        await UntilAsync("it is left", () => Redis.State == RedisState.Disconnected);
        _answer = null;
        await UntilAsync("it is back", () => Redis.State == RedisState.Connected);
        Assert.Equal(connections, _redis.Count("HELLO"));
        Assert.Equal("x", await GetAsync("x").Soon());
    }

    [Theory]
    [InlineData("+one too many\r\n")]
    [InlineData("this is no Redis\r\n")]
    [InlineData("$-5\r\n")]
    [InlineData("*99999999999\r\n")]
    public async Task What_no_Redis_says_ends_the_connection_and_the_next_is_used(string said)
    {
        _redis.Push(said);

        await UntilAsync("another connection is used", () => _client.Logs.Entries.Count(static entry => entry.Message.StartsWith("Connected", StringComparison.Ordinal)) == 2);
        Assert.Equal("x", await GetAsync("x").Soon());
    }

    [Theory]
    [InlineData("-NOAUTH HELLO must be called with the client already authenticated\r\n")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n")]
    [InlineData("-ERR unknown command 'HELLO'\r\n")]
    [InlineData("")]
    public async Task While_a_server_refuses_the_first_words_or_hangs_up_it_is_tried_again_until_it_does_not(string said)
    {
        var tries = 0;
        _answer = call =>
        {
            if (call.Name != "HELLO")
            {
                return Answer(call);
            }

            Interlocked.Increment(ref tries);

            if (said.Length == 0)
            {
                call.Cut();
                return null;
            }

            return said;
        };
        _redis.Cut();
        await UntilAsync("it was tried a few times", () => Volatile.Read(ref tries) > 3);
        Assert.Equal(RedisState.Disconnected, Redis.State);

        _answer = null;
        await UntilAsync("it is back", () => Redis.State == RedisState.Connected);
        Assert.Equal("x", await GetAsync("x").Soon());
    }

    [Fact]
    public async Task Commands_that_wait_at_the_server_hold_up_none_and_their_connections_are_used_again()
    {
        _answer = call => call.Name == "BLPOP" ? Hold(call) : Answer(call);
        var waiting = Enumerable.Range(0, 3).Select(i => PopAsync($"{i}")).ToList();
        await HeldAsync(3);
        Assert.Equal("x", await GetAsync("x").Soon());
        Assert.Equal(4, _redis.ConnectionCount);

        Release();
        Assert.Equal(["0", "1", "2"], await Task.WhenAll(waiting).Soon());
        var again = PopAsync("again");
        await HeldAsync(1);
        Release();
        Assert.Equal("again", await again.Soon());
        Assert.Equal(4, _redis.ConnectionCount);

        await UntilAsync("those that nobody uses are closed", () => _redis.ConnectionCount == 1, seconds: 1);
    }

    [Fact]
    public async Task Who_gives_up_at_the_server_takes_its_connection_with_it_and_no_answer_of_it_reaches_another()
    {
        _answer = call => call.Name == "BLPOP" ? Hold(call) : Answer(call);
        using var leaving = new CancellationTokenSource();
        var givenUp = PopAsync("given up", leaving.Token);
        await HeldAsync(1);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp.Soon());
        await Eventually.Async("its connection is closed", () => _redis.ConnectionCount == 1);
        var next = PopAsync("next");
        await HeldAsync(2);
        Release();
        Assert.Equal("next", await next.Soon());
    }

    [Fact]
    public async Task More_than_eight_connections_are_not_kept_and_a_refusal_does_not_cost_one()
    {
        _answer = call => call.Name == "BLPOP" ? Hold(call) : Answer(call);
        var waiting = Enumerable.Range(0, 12).Select(i => PopAsync($"{i}")).ToList();
        await HeldAsync(12);
        Release();
        await Task.WhenAll(waiting).Soon();
        await Eventually.Async("eight are kept", () => _redis.ConnectionCount == 9);

        _answer = static call => call.Name == "BLPOP" ? ScriptedRedis.Error("WRONGTYPE of a key") : Answer(call);
        await Assert.ThrowsAsync<RedisServerException>(() => PopAsync("x").Soon());
        Assert.Equal(9, _redis.ConnectionCount);
    }

    [Fact]
    public async Task With_the_client_those_who_wait_at_the_server_are_told_and_nobody_waits_any_more()
    {
        _answer = call => call.Name == "BLPOP" ? Hold(call) : Answer(call);
        var waiting = PopAsync("x");
        await HeldAsync(1);

        await Redis.DisposeAsync().AsTask().Soon();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => PopAsync("y").Soon());
        await Eventually.Async("all connections are closed", () => _redis.ConnectionCount == 0);
    }

    private static string? Answer(ScriptedCall call) => call.Name switch
    {
        "GET" => ScriptedRedis.Bulk(call.Words[1]),
        "BLPOP" => ScriptedRedis.Array(ScriptedRedis.Bulk(call.Words[1]), ScriptedRedis.Bulk(call.Words[1])),
        _ => call.Default,
    };

    private string? Hold(ScriptedCall call)
    {
        // A server answers in order: who is slow with one keeps the next ones waiting.
        if (call.Name is not ("GET" or "BLPOP" or "PING"))
        {
            return call.Default;
        }

        lock (_gate)
        {
            _held.Add(call);
        }

        return null;
    }

    private Task HeldAsync(int count) => Eventually.Async($"{count} are held", () =>
    {
        lock (_gate)
        {
            return _held.Count(static call => call.Name != "PING") == count;
        }
    });

    private void Release()
    {
        lock (_gate)
        {
            _held.ForEach(static call => call.Reply(Answer(call)!));
            _held.Clear();
        }
    }

    private Task UntilAsync(string what, Func<bool> condition, double seconds = 0.1) => Eventually.Async(what, () =>
    {
        if (condition())
        {
            return true;
        }

        _time.Advance(TimeSpan.FromSeconds(seconds));
        return false;
    });

    private async Task<string> GetAsync(string key) => TestClient.Text((await Redis.GetAsync(key)).GetValueOrDefault());

    private async Task<string> PopAsync(string key, CancellationToken cancellationToken = default) =>
        (await Redis.ExecuteAsync(RedisCommand.Create("BLPOP", key, 0), cancellationToken)).Items[0].Text!;
}
