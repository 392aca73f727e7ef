using System.Net;
using Salon.Redis.Routing;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>
/// Where a command goes, in a cluster that the test plays: <see cref="ClusterRouter"/>, <see cref="ClusterNodes"/>, <see cref="ClusterWatch"/>,
/// <see cref="ClusterSubscriptions"/> and <see cref="CommandLink"/>, by our clock.
/// </summary>
[Trait("Stage", "fast")]
public sealed class ClusterStateTests : IAsyncLifetime
{
    // The slots of these keys: 3300 and 15495.
    private const string Low = "b";
    private const string High = "a";

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRedis _first;
    private readonly ScriptedRedis _second;
    private readonly TestClient _client;
    private readonly List<string> _answered = [];
    private readonly Lock _gate = new();
    private volatile Func<ScriptedCall, int, string?>? _get;
    private volatile string? _map;

    public ClusterStateTests()
    {
        _first = new ScriptedRedis(call => Answer(call, 1));
        _second = new ScriptedRedis(call => Answer(call, 2));
        _map = MapOf((0, 8191, _first), (8192, 16383, _second));
        _client = new TestClient(TestClient.Quick(_first.Url) with { IsCluster = true }, _time);

        foreach (var expected in new[] { "was lost", "Redis cannot be reached", "not connected", "cannot be used" })
        {
            _client.Logs.Expect(expected);
        }
    }

    private RedisClient Redis => _client.Redis;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync().AsTask().Soon();
        await _client.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Each_command_goes_to_the_server_that_has_its_slot_and_what_came_before_the_map_goes_there_too()
    {
        var early = GetAsync(High);

        Assert.Equal("2 a", await WaitAsync(early));
        Assert.Equal("1 b", await WaitAsync(GetAsync(Low)));
        Assert.Equal("1 {b}:x", await WaitAsync(GetAsync("{b}:x")));
    }

    [Fact]
    public async Task A_slot_that_has_moved_is_found_by_what_its_old_server_says_and_asked_there_from_then_on()
    {
        await KnownAsync();
        _get = (call, server) => server == 1 ? ScriptedRedis.Error($"MOVED 3300 127.0.0.1:{_second.Port}") : Value(call, server);

        // The map that is read meanwhile is older than what the server has said.
        Assert.Equal("2 b", await WaitAsync(GetAsync(Low)));
        Assert.Equal("2 b", await WaitAsync(GetAsync(Low)));
        Assert.Equal("2 b", await WaitAsync(GetAsync(Low)));

        Assert.Equal(1, Asked(1));
        Assert.Equal(3, Asked(2));
    }

    [Fact]
    public async Task A_slot_that_is_on_its_way_is_asked_for_at_its_new_server_by_this_command_alone()
    {
        await KnownAsync();
        _get = (call, server) => server == 1 ? ScriptedRedis.Error($"ASK 3300 127.0.0.1:{_second.Port}") : Value(call, server);

        Assert.Equal("2 b", await WaitAsync(GetAsync(Low)));
        Assert.Equal("2 b", await WaitAsync(GetAsync(Low)));

        Assert.Equal(2, Asked(1));
        Assert.Equal(["ASKING", "GET b", "ASKING", "GET b"], _second.Commands.Where(static command => command is "ASKING" or "GET b"));
    }

    [Fact]
    public async Task Servers_that_send_a_command_in_circles_are_given_up_after_eight_times()
    {
        await KnownAsync();
        _get = (_, server) => ScriptedRedis.Error($"MOVED 3300 127.0.0.1:{(server == 1 ? _second : _first).Port}");

        var exception = await Assert.ThrowsAsync<RedisServerException>(() => WaitAsync(GetAsync(Low)));

        Assert.StartsWith("MOVED", exception.Message, StringComparison.Ordinal);
        Assert.Equal(9, Asked(1) + Asked(2));
    }

    [Theory]
    [InlineData("MOVED 3300")]
    [InlineData("MOVED 3300 nowhere")]
    [InlineData("MOVED 16384 127.0.0.1:1")]
    [InlineData("MOVED -1 127.0.0.1:1")]
    [InlineData("ASK x 127.0.0.1:1")]
    [InlineData("MOVED 3300 127.0.0.1:65536")]
    public async Task What_a_server_says_that_names_no_other_is_the_answer(string error)
    {
        await KnownAsync();
        _get = (_, _) => ScriptedRedis.Error(error);

        Assert.Equal(error, (await Assert.ThrowsAsync<RedisServerException>(() => WaitAsync(GetAsync(Low)))).Message);
    }

    [Theory]
    [InlineData("CLUSTERDOWN Hash slot not served")]
    [InlineData("TRYAGAIN Multiple keys request during rehashing of slot")]
    public async Task What_nobody_can_take_at_the_moment_is_tried_again_until_its_time_is_over(string error)
    {
        await KnownAsync();
        var refusals = 0;
        _get = (call, server) => Interlocked.Increment(ref refusals) <= 3 ? ScriptedRedis.Error(error) : Value(call, server);
        Assert.Equal("1 b", await WaitAsync(GetAsync(Low)));
        Assert.Equal(4, refusals);

        _get = (_, _) => ScriptedRedis.Error(error);
        var started = _time.GetTimestamp();
        await Assert.ThrowsAsync<RedisTimeoutException>(() => WaitAsync(GetAsync(Low)));
        Assert.InRange(_time.GetElapsedTime(started).TotalSeconds, 5, 6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_for_a_server_that_is_gone_goes_to_the_one_that_takes_its_place_whether_the_other_is_still_known(bool isKnown)
    {
        await KnownAsync();
        _second.Stop();
        await Eventually.Async("it is gone", () => _second.ConnectionCount == 0);
        await AdvanceUntilAsync("it is noticed", () => _client.Logs.Entries.Any(static entry => entry.Message.Contains("was lost", StringComparison.Ordinal)));
        var waiting = Enumerable.Range(0, 10).Select(i => GetAsync($"{{a}}:{i}")).ToList();
        Assert.DoesNotContain(waiting, static task => task.IsCompleted);

        _map = isKnown ? MapOf((0, 16383, _first)).Replace("$2\r\nid\r\n", $"$2\r\nid\r\n{Replica(_second)}", StringComparison.Ordinal).Replace("*3\r\n:0\r\n:16383", "*4\r\n:0\r\n:16383", StringComparison.Ordinal) : MapOf((0, 16383, _first));

        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"1 {{a}}:{i}"), await WaitAsync(Task.WhenAll(waiting)));
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"GET {{a}}:{i}"), _first.Commands.Where(static command => command.StartsWith("GET {a}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task While_maps_are_read_again_and_again_commands_that_wait_are_not_overtaken()
    {
        const int Count = 3000;
        await using var patient = new TestClient(TestClient.Quick(_first.Url) with { IsCluster = true, CommandTimeout = TimeSpan.FromHours(1) }, _time);
        patient.Logs.Expect("was lost");
        patient.Logs.Expect("Redis cannot be reached");
        await AdvanceUntilAsync("both servers are known", () => _second.ConnectionCount >= 2 && patient.Redis.State == RedisState.Connected);
        _second.Stop();
        await AdvanceUntilAsync("it is noticed", () => patient.Logs.Entries.Any(static entry => entry.Message.Contains("was lost", StringComparison.Ordinal)));
        var waiting = new List<Task<ReadOnlyMemory<byte>?>>();

        // While a master is away, the map is read once a second, and what waits for it is sorted anew.
        for (var i = 0; i < Count; i++)
        {
            if (i % 10 == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(1.1));
            }

            waiting.Add(patient.Redis.GetAsync($"{{a}}:{i}"));
        }

        _map = MapOf((0, 16383, _first));
        await WaitAsync(Task.WhenAll(waiting));
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"GET {{a}}:{i}"), _first.Commands.Where(static command => command.StartsWith("GET {a}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task While_no_map_can_be_had_commands_wait_and_then_say_why()
    {
        await KnownAsync();
        _map = null;
        await using var late = new TestClient(TestClient.Quick(_first.Url) with { IsCluster = true }, _time);
        late.Logs.Expect("CLUSTER");

        var exception = await Assert.ThrowsAsync<RedisTimeoutException>(() => WaitAsync(late.Redis.GetAsync(Low)));

        Assert.Contains("CLUSTER", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Asked(1) + Asked(2));
        _map = MapOf((0, 16383, _second));
        Assert.Equal("2 b", TestClient.Text((await WaitAsync(late.Redis.GetAsync(Low))).GetValueOrDefault()));
    }

    [Fact]
    public async Task With_the_client_all_that_waits_ends_whether_it_was_sent_or_not_and_nothing_is_taken_after_it()
    {
        await KnownAsync();
        _get = static (_, _) => null;
        var sent = GetAsync(Low);
        await Eventually.Async("it is sent", () => Asked(1) == 1);
        _second.Stop();
        await Eventually.Async("the other is gone", () => _second.ConnectionCount == 0);
        await AdvanceUntilAsync("it is noticed", () => _client.Logs.Entries.Any(static entry => entry.Message.Contains("was lost", StringComparison.Ordinal)));
        var unsent = GetAsync(High);

        await Redis.DisposeAsync().AsTask().Soon();

        await Assert.ThrowsAnyAsync<Exception>(() => sent.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => unsent.Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => GetAsync(Low).Soon());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => GetAsync(High).Soon());
    }

    [Fact]
    public async Task A_sharded_channel_is_heard_on_its_own_server_and_goes_with_its_slot()
    {
        await KnownAsync();
        await using var subscription = await WaitAsync(Redis.SubscribeShardedAsync(Low, message => Hear(TestClient.Text(message.Payload))));
        Assert.Equal((1, 0), (_first.Publish(Low, "a"), _second.Publish(Low, "nobody")));
        await Eventually.Async("it is heard", () => Heard() == "a");

        // What is still on its way when the channel goes elsewhere is lost.
        await Eventually.Async("the first was heard", () => Heard() == "a");

        _map = MapOf((0, 16383, _second));
        _get = (call, server) => server == 1 ? ScriptedRedis.Error($"MOVED 3300 127.0.0.1:{_second.Port}") : Value(call, server);
        await WaitAsync(GetAsync(Low));

        await AdvanceUntilAsync("it is heard there", () => _second.Publish(Low, "b") == 1);
        await Eventually.Async("both were heard", () => Heard() == "a b");
        await AdvanceUntilAsync("the old server knows", () => _first.Publish(Low, "nobody") == 0);
        await WaitAsync(subscription.DisposeAsync().AsTask().ContinueWith(static _ => true, TaskScheduler.Default));
        Assert.Equal(0, _second.Publish(Low, "nobody"));
    }

    private static string Replica(ScriptedRedis server) =>
        ScriptedRedis.Array(ScriptedRedis.Bulk(IPAddress.Loopback.ToString()), ScriptedRedis.Number(server.Port), ScriptedRedis.Bulk("replica"));

    private static string Value(ScriptedCall call, int server) => ScriptedRedis.Bulk($"{server} {call.Words[1]}");

    private async Task<string> GetAsync(string key) => TestClient.Text((await Redis.GetAsync(key)).GetValueOrDefault());

    private Task KnownAsync() => AdvanceUntilAsync("the cluster is known, and its servers", () => _first.ConnectionCount > 0 && _second.ConnectionCount > 0 && Redis.State == RedisState.Connected);

    private int Asked(int server) => (server == 1 ? _first : _second).Count("GET");

    private async Task<T> WaitAsync<T>(Task<T> task)
    {
        await AdvanceUntilAsync("it is answered", () => task.IsCompleted);
        return await task;
    }

    private Task AdvanceUntilAsync(string what, Func<bool> condition) => Eventually.Async(what, () =>
    {
        if (condition())
        {
            return true;
        }

        _time.Advance(TimeSpan.FromMilliseconds(50));
        return false;
    });

    private void Hear(string what)
    {
        lock (_gate)
        {
            _answered.Add(what);
        }
    }

    private string Heard()
    {
        lock (_gate)
        {
            return string.Join(' ', _answered);
        }
    }

    private static string MapOf(params (int First, int Last, ScriptedRedis Server)[] ranges) => ScriptedRedis.Array(ranges.Select(static range => ScriptedRedis.Array(
        ScriptedRedis.Number(range.First),
        ScriptedRedis.Number(range.Last),
        ScriptedRedis.Array(ScriptedRedis.Bulk(IPAddress.Loopback.ToString()), ScriptedRedis.Number(range.Server.Port), ScriptedRedis.Bulk("id")))));

    private string? Answer(ScriptedCall call, int server) => call.Name switch
    {
        "CLUSTER" => _map ?? ScriptedRedis.Error("ERR CLUSTER is not what this server can do now"),
        "ASKING" => ScriptedRedis.Ok,
        "GET" => (_get ?? Value)(call, server),
        _ => call.Default,
    };
}
