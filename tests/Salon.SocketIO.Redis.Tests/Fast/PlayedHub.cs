using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.Redis;
using Salon.SocketIO.Redis.Streams;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>A hub with our clock, on a Redis that the test plays. Leases are answered for it, and so is what asks for the end of a stream.</summary>
internal sealed class PlayedHub : IAsyncDisposable
{
    public const string MembersKey = "socket.io:members";
    public const string Stream = "socket.io";

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LoggerFactory _loggers;
    private readonly Lazy<RedisHub> _hub;

    public PlayedHub()
    {
        _loggers = new LoggerFactory([Logs]);
        Redis = new ScriptedRedis(call => AnswerTo(call));

        // The clock may be moved far at once, and the connection bears it.
        var patient = TimeSpan.FromHours(1);
        var options = RedisOptions.Parse(Redis.Url) with { CommandTimeout = patient, HeartbeatInterval = patient, HeartbeatTimeout = patient };
        Client = new RedisClient(options, _loggers, Time);
        Refusals = new RedisRefusals(_services, _loggers.CreateLogger("refusals"), Time);
        _hub = new Lazy<RedisHub>(() => new RedisHub(Options, Client, Refusals, _services, _loggers, Time));
    }

    public ManualTimeProvider Time { get; } = new();

    public LogWatcher Logs { get; } = new();

    public ScriptedRedis Redis { get; }

    public RedisClient Client { get; }

    public RedisRefusals Refusals { get; }

    public RedisAdapterOptions Options { get; } = new() { Redis = new RedisOptions(), ForwardRequests = false };

    /// <summary>Made when it is asked for first.</summary>
    public RedisHub Hub => _hub.Value;

    public ILogger Logger => _loggers.CreateLogger("test");

    /// <summary>Who is in the cluster, besides this one.</summary>
    public IReadOnlyList<string> Others { get; set; } = [];

    /// <summary>What is not answered otherwise.</summary>
    public Func<ScriptedCall, string?> Answer { get; set; } = static call => call.Default;

    public static StreamMessage Message(string data, string sender = "me", long number = 0) =>
        new(sender, number, "/", 3, System.Text.Encoding.Latin1.GetBytes(data));

    /// <summary>What a script adds to the stream: the data of each message, with its number.</summary>
    public static IReadOnlyList<string> AddedBy(ScriptedCall call) =>
        [.. call.Words.Skip(6).Chunk(5).Select(static message => $"{message[3]}#{message[4]}")];

    public Task ConnectedAsync() => Eventually.Async("the client is connected", () => Client.State == RedisState.Connected);

    /// <summary>Moves the clock a little, again and again, until something is so: what waits for a while gets there, however often it waits.</summary>
    public Task UntilAsync(string what, Func<bool> condition, double seconds = 0.05) => Eventually.Async(what, () =>
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        return condition();
    });

    public async ValueTask DisposeAsync()
    {
        if (_hub.IsValueCreated)
        {
            // Leaving waits a moment for Redis, by our clock.
            var leaving = _hub.Value.DisposeAsync().AsTask();
            await UntilAsync("the hub has left", () => leaving.IsCompleted);
            await leaving;
        }

        await Client.DisposeAsync().AsTask().Soon();
        await Redis.DisposeAsync();
        _loggers.Dispose();
        await _services.DisposeAsync();
    }

    private string? AnswerTo(ScriptedCall call) => call switch
    {
        { Name: "EVALSHA" or "EVAL", Words: [_, _, _, MembersKey, var self, ..] } =>
            ScriptedRedis.Array(ScriptedRedis.Number(0), ScriptedRedis.Array(Others.Append(self).Select(ScriptedRedis.Bulk))),
        { Name: "ZREM" } => ScriptedRedis.Number(1),
        _ => Answer(call),
    };
}
