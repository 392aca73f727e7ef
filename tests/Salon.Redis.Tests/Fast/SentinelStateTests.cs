using Salon.Redis.Connections;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>How the master is found: <see cref="SentinelSource"/>, by sentinels that know, do not know, refuse or are away. The test plays all of them.</summary>
[Trait("Stage", "fast")]
public sealed class SentinelStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedRedis _first;
    private readonly ScriptedRedis _second;
    private readonly ScriptedRedis _master;
    private readonly Dictionary<int, string> _answers = [];
    private readonly ClientContext _context;
    private readonly SentinelSource _source;

    public SentinelStateTests()
    {
        _first = new ScriptedRedis(call => Answer(call, 1));
        _second = new ScriptedRedis(call => Answer(call, 2));
        _master = new ScriptedRedis();
        _context = new ClientContext(
            RedisOptions.Parse(_first.Url) with { EndPoints = [new("127.0.0.1", _first.Port), new("127.0.0.1", _second.Port)], SentinelMaster = "main" },
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            _time);
        _source = new SentinelSource(_context, "main");
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _context.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task The_first_who_knows_is_believed_and_asked_first_from_then_on()
    {
        Knows(2);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(_master.Port, (await _source.FindAsync(default)).Port);
        }

        Assert.Equal((1, 3), (_first.Count("SENTINEL"), _second.Count("SENTINEL")));
        Knows(1);
        _answers.Remove(2);
        Assert.Equal(_master.Port, (await _source.FindAsync(default)).Port);
        Assert.Equal((2, 4), (_first.Count("SENTINEL"), _second.Count("SENTINEL")));
    }

    [Fact]
    public async Task One_that_is_away_is_passed_over_and_when_none_knows_that_is_said()
    {
        Knows(2);
        _first.Stop();
        Assert.Equal(_master.Port, (await _source.FindAsync(default)).Port);

        _second.Stop();
        var away = await Assert.ThrowsAsync<ConnectFailedException>(() => _source.FindAsync(default));
        Assert.Contains("no sentinel names the master", away.Message, StringComparison.Ordinal);
        Assert.False(away.IsLasting);
        _first.Start();
        _second.Start();
        Assert.Equal(_master.Port, (await _source.FindAsync(default)).Port);
    }

    [Fact]
    public async Task A_refused_password_is_more_worth_knowing_than_one_that_is_away()
    {
        _answers[1] = "refuses";
        _second.Stop();

        var refused = await Assert.ThrowsAsync<ConnectFailedException>(() => _source.FindAsync(default));

        Assert.True(refused.IsLasting);
        Assert.Contains(nameof(RedisOptions.SentinelPassword), refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*0\r\n")]
    [InlineData("*2\r\n$1\r\nh\r\n$5\r\n99999\r\n")]
    [InlineData("*2\r\n$1\r\nh\r\n$2\r\n-1\r\n")]
    [InlineData("*2\r\n_\r\n$1\r\n1\r\n")]
    [InlineData("*3\r\n$1\r\nh\r\n$1\r\n1\r\n:1\r\n")]
    [InlineData(":1\r\n")]
    [InlineData("-ERR no such master\r\n")]
    public async Task What_names_no_master_is_no_answer_and_the_next_is_asked(string answer)
    {
        _answers[1] = answer;
        Knows(2);

        Assert.Equal(_master.Port, (await _source.FindAsync(default)).Port);
        Assert.Equal((1, 1), (_first.Count("SENTINEL"), _second.Count("SENTINEL")));
    }

    [Fact]
    public async Task Who_gives_up_is_not_kept_waiting_by_one_that_says_nothing()
    {
        _answers[1] = "nothing";
        using var leaving = new CancellationTokenSource();
        var finding = _source.FindAsync(leaving.Token);
        await Eventually.Async("it is asked", () => _first.Count("SENTINEL") == 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finding.Soon());
    }

    private void Knows(int sentinel) => _answers[sentinel] = ScriptedRedis.Array(ScriptedRedis.Bulk("127.0.0.1"), ScriptedRedis.Bulk($"{_master.Port}"));

    private string? Answer(ScriptedCall call, int sentinel) => (call.Name, _answers.GetValueOrDefault(sentinel)) switch
    {
        ("HELLO", "refuses") => ScriptedRedis.Error("WRONGPASS invalid username-password pair"),
        ("SENTINEL", "nothing") => null,
        ("SENTINEL", { } answer) => answer,
        ("SENTINEL", _) => ScriptedRedis.Null,
        _ => call.Default,
    };
}
