using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.SocketIO.Redis.Flask;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>
/// What this server says on the bus of Flask-SocketIO, what of the rest is for it, and what is said in the log and how often:
/// <see cref="FlaskBus"/>, <see cref="FlaskAdapter"/>, <see cref="FlaskSender"/>, <see cref="FlaskMetrics"/>. The test is Redis and Python; no client.
/// </summary>
[Trait("Stage", "fast")]
public sealed class FlaskBusStateTests : IAsyncLifetime
{
    private const string Channel = "flask-socketio";

    // As Python makes them.
    private const string PythonSid = "kUOoyu8_5nEFrDnZAAAB";

    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ScriptedRedis _redis;
    private readonly ServiceProvider _services;
    private readonly SocketIOServer _io;
    private readonly FlaskBus _bus;
    private volatile string? _refusal;

    public FlaskBusStateTests()
    {
        _redis = new ScriptedRedis(call => call.Name != "PUBLISH" ? call.Default : _refusal is { } refusal ? ScriptedRedis.Error(refusal) : ScriptedRedis.Number(1));
        var patient = TimeSpan.FromHours(1);
        _services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs)).AddSingleton<TimeProvider>(_time)
            .AddSocketIO()
            .AddFlaskSocketIOBus(_redis.Url, Channel, options => options.Redis = options.Redis with { CommandTimeout = patient, HeartbeatInterval = patient, HeartbeatTimeout = patient })
            .Services.BuildServiceProvider();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.Start();
        _io = _services.GetRequiredService<SocketIOServer>();
        _bus = _services.GetRequiredService<FlaskBus>();
    }

    public async ValueTask InitializeAsync() => await _bus.Started.Soon();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync().AsTask().Soon();
        await _redis.DisposeAsync();
        _listener.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task What_this_server_says_comes_back_and_is_nobody_elses_however_it_is_written()
    {
        await _io.To("room").EmitAsync("e", 1);
        var own = await SaidAsync(1);

        Say(own);
        Say($$"""{"event":"e","data":[],"namespace":"/","method":"emit","host_id":"{{HostOf(own)}}"}""");
        Say("""{"event":"e","data":[],"namespace":"/","method":"emit","host_id":"another"}""");

        await Eventually.Async("one is another's", () => Count("received") == 1);
        Assert.Equal((1, 0), (Count("published"), Count("invalid")));
    }

    [Fact]
    public async Task An_answer_is_that_of_its_question_the_first_of_it_and_from_nobody_who_was_not_asked()
    {
        var (first, second) = (AskAsync(), AskAsync());
        var (asked, alsoAsked) = (await SaidAsync(1), await SaidAsync(2));
        Assert.NotEqual(IdOf(asked), IdOf(alsoAsked));

        Answer("another", IdOf(asked), "\"not ours\"");
        Answer(HostOf(asked), 77, "\"nobody's\"");
        Answer(HostOf(asked), IdOf(alsoAsked), "\"second\"");
        Answer(HostOf(asked), IdOf(alsoAsked), "\"again\"");
        Assert.Equal(["second"], await second.Soon());
        Assert.False(first.IsCompleted);
        Answer(HostOf(asked), IdOf(asked), "\"first\"");

        Assert.Equal(["first"], await first.Soon());
    }

    [Fact]
    public async Task A_question_may_wait_as_long_as_one_likes()
    {
        var asking = AskAsync(TimeSpan.MaxValue);
        var asked = await SaidAsync(1);

        _time.Advance(TimeSpan.FromMinutes(50));
        Assert.False(asking.IsCompleted);
        Answer(HostOf(asked), IdOf(asked), "\"at last\"");

        Assert.Equal(["at last"], await asking.Soon());
    }

    [Fact]
    public async Task A_question_that_nobody_answers_ends_with_its_time_and_a_late_answer_changes_nothing()
    {
        var asking = AskAsync();
        var asked = await SaidAsync(1);

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Empty(await asking.Soon());
        Answer(HostOf(asked), IdOf(asked), "\"late\"");
        Say("""{"method":"emit","event":"e","data":[],"namespace":"/","host_id":"h"}""");

        await Eventually.Async("it was heard", () => Count("received") == 2);
        Assert.Equal(0, Count("invalid"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_counted_each_time_and_warned_of_once_and_what_follows_is_read()
    {
        _logs.Expect("could not be read and was skipped");
        string[] nonsense = ["", "x", "[]", "{}", "{\"method\":\"emit\"}", "{\"method\":\"emit\",\"event\":\"\\ud800\",\"data\":[],\"namespace\":\"/\"}", "{\"method\":\"emit\",\"event\":\"e\",\"data\":[],\"binary\":true,\"namespace\":\"/\",\"room\":{}}"];

        foreach (var text in nonsense)
        {
            Say(text);
        }

        Say("""{"method":"emit","event":"e","data":[],"namespace":"/","host_id":"h"}""");

        await Eventually.Async("what follows is read", () => Count("received") == 1);
        Assert.InRange(Count("invalid"), 2, nonsense.Length);
        Assert.Single(_logs.Entries, static entry => entry.Level == LogLevel.Warning);
        Assert.Equal(Count("invalid"), _logs.Entries.Count(static entry => entry.Message.Contains("could not be read", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pickled_messages_are_counted_and_warned_of_once()
    {
        _logs.Expect("is pickled and was dropped");

        for (var i = 0; i < 3; i++)
        {
            Say("\u0080\u0004}.");
        }

        await Eventually.Async("all are counted", () => Count("pickled") == 3);
        Assert.Equal((3, 0), (Count("received"), Count("invalid")));
        Assert.Single(_logs.Entries, static entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task What_Redis_refuses_is_lost_and_said_and_so_is_that_it_is_taken_again()
    {
        _logs.Expect("Redis refuses");
        _refusal = "OOM command not allowed";
        await _io.EmitAsync("a");
        await _io.EmitAsync("b");
        await Eventually.Async("both are lost", () => Count("lost") == 2);
        Assert.Equal(["publish flask-socketio"], _services.GetRequiredService<RedisRefusals>().Current);

        _refusal = null;
        await _io.EmitAsync("c");

        await Eventually.Async("it is taken", () => !_services.GetRequiredService<RedisRefusals>().Any);
        Assert.Equal((3, 2), (Count("published"), Count("lost")));
        Assert.Single(_logs.Entries, static entry => entry.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task After_its_end_what_is_emitted_is_counted_as_lost_and_nothing_fails()
    {
        await _bus.DisposeAsync().AsTask().Soon();
        await _bus.DisposeAsync().AsTask().Soon();

        await _io.EmitAsync("late");

        await Eventually.Async("it is lost", () => Count("lost") == 1);
        Assert.Equal(0, Say("""{"method":"emit","event":"e","data":[],"namespace":"/","host_id":"h"}"""));
    }

    private static string HostOf(string message) => JsonDocument.Parse(message).RootElement.GetProperty("host_id").GetString()!;

    private static long IdOf(string message) => JsonDocument.Parse(message).RootElement.GetProperty("callback")[2].GetInt64();

    private async Task<IReadOnlyList<string?>> AskAsync(TimeSpan? timeout = null) => [.. await _io.To(PythonSid).Timeout(timeout ?? TimeSpan.FromSeconds(10)).EmitWithAckAsync<string>("ask")];

    private long Count(string name) => _counts.GetValueOrDefault($"salon.flask.messages.{name}");

    private void Answer(string host, long id, string value) =>
        Say($$"""{"method":"callback","host_id":"{{host}}","sid":"{{PythonSid}}","namespace":"/","id":{{id}},"args":[{{value}}]}""");

    private int Say(string message) => _redis.Publish(Channel, message);

    /// <summary>What was said, the first of it being 1.</summary>
    private async Task<string> SaidAsync(int number)
    {
        await Eventually.Async($"{number} messages are published", () => _redis.Count("PUBLISH") >= number);
        return _redis.Commands.Where(static command => command.StartsWith("PUBLISH", StringComparison.Ordinal)).ElementAt(number - 1).Split(' ', 3)[2];
    }
}
