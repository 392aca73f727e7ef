using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.App.Chat;
using Salon.App.Chat.Cluster;
using Salon.App.Chat.Delivery;
using Salon.App.Hosting;
using Salon.Redis;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// What programs in any language say and hear: <see cref="PublicListener"/> and <see cref="PublicFeed"/>, bounded, once, and whatever Redis or
/// the database does. The test plays Redis and the programs; a database in memory.
/// </summary>
[Trait("Stage", "fast")]
public sealed class PublicBusStateTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly FakeChatStore _database = new();
    private readonly PlayedStore _store;
    private readonly ServiceProvider _services;
    private readonly ServiceProvider _chatServices;
    private readonly MessageQueue _queue;
    private readonly Presence _presence;
    private readonly PublicFeed _feed;
    private readonly PublicListener _listener;
    private volatile string _claim = ScriptedRedis.Array(ScriptedRedis.Number(1), ScriptedRedis.Number(1));
    private ChatRoom _room = null!;

    public PublicBusStateTests()
    {
        _store = new PlayedStore(_time)
        {
            First = call => call.Name switch
            {
                "PUBLISH" => ScriptedRedis.Number(1),
                "EVALSHA" or "EVAL" => _claim,
                _ => null,
            },
        };
        _services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs)).AddSingleton<TimeProvider>(_time)
            .AddSocketIO().AddRedis(_store.Redis.Url).Services.BuildServiceProvider();
        var loggers = _services.GetRequiredService<ILoggerFactory>();
        var settings = new RedisSettings(new RedisOptions());
        var refusals = _services.GetRequiredService<RedisRefusals>();
        var channels = new RedisChannels(_store.Client, settings, refusals, _time, loggers.CreateLogger<RedisChannels>());
        _chatServices = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<TimeProvider>(_time).AddSocketIO().Services.BuildServiceProvider();
        var chat = new ChatFeed(_chatServices.GetRequiredService<SocketIOServer>());
        var rooms = new RoomDirectory(_database, _time);
        var members = new Members();
        _presence = new Presence(chat, _time, loggers.CreateLogger<Presence>());
        _feed = new PublicFeed(channels, members, _presence, loggers.CreateLogger<PublicFeed>());
        _queue = new MessageQueue(_database, new ChatOutlet(new ChatDelivery(chat, _database, _time, loggers.CreateLogger<ChatDelivery>()), outside: _feed), loggers.CreateLogger<MessageQueue>());
        _listener = new PublicListener(channels, _store.Client, settings, refusals, members, rooms, chat, new ChatLog(_queue, rooms, _time), _time, loggers.CreateLogger<PublicListener>());
    }

    public async ValueTask InitializeAsync()
    {
        _room = (await _database.FoundAsync(new NewRoom("dev", "Ann", _time.GetUtcNow()), maxRooms: 10))!.Value.Room;
        await _queue.StartAsync(default);
        await _listener.StartAsync(default);
        await Eventually.Async("it listens", () => _store.Redis.CountSubscribers(PublicFeed.Messages) == 1 && _store.Redis.CountSubscribers(PublicFeed.Notifications) == 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(default).Soon();
        _listener.Dispose();
        await _queue.StopAsync(default).Soon();
        _queue.Dispose();
        _feed.Dispose();
        _presence.Dispose();
        await _store.DisposeAsync();
        await _chatServices.DisposeAsync();
        await _services.DisposeAsync();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task What_a_program_says_is_stored_by_the_node_that_claims_it_and_not_published_again()
    {
        Say("Ann", "dev", "hello");
        await StoredAsync("hello");
        _claim = ScriptedRedis.Array(ScriptedRedis.Number(0), ScriptedRedis.Number(2));
        Say("Ann", "dev", "another node's");
        await Eventually.Async("it is asked for", () => _store.Redis.Count("EVALSHA") + _store.Redis.Count("EVAL") == 2);
        _claim = ScriptedRedis.Array(ScriptedRedis.Number(1), ScriptedRedis.Number(3));
        Say("Ann", "dev", "ours");

        await StoredAsync("hello", "ours");
        Assert.DoesNotContain(Published(), static said => said.StartsWith("chat:messages", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"username":"Ann","room":"dev"}""")]
    [InlineData("""{"username":"Ann","room":"dev","message":"  "}""")]
    [InlineData("""{"username":"Ann","room":"nobody founded this","message":"x"}""")]
    [InlineData("""{"username":"\ud800","room":"dev","message":"x"}""")]
    [InlineData("""{"username":"Ann","room":"dev","message":"x","node":"a node's own"}""")]
    [InlineData("""{"username":1,"room":"dev","message":"x"}""")]
    public async Task What_is_none_of_what_programs_say_is_not_stored_and_what_follows_is(string payload)
    {
        Assert.Equal(1, _store.Redis.Publish(PublicFeed.Messages, payload));
        Assert.Equal(1, _store.Redis.Publish(PublicFeed.Notifications, payload));
        Say("Ann", "dev", "hello");

        await StoredAsync("hello");
    }

    [Fact]
    public async Task What_Redis_refuses_to_claim_and_what_the_database_does_not_take_is_lost_and_what_follows_is_not()
    {
        _logs.Expect("Redis refuses");
        _logs.Expect("could not be stored");
        _claim = ScriptedRedis.Error("OOM command not allowed");
        Say("Ann", "dev", "refused");
        await Eventually.Async("it is refused", () => _services.GetRequiredService<RedisRefusals>().Any);
        _claim = ScriptedRedis.Array(ScriptedRedis.Number(1), ScriptedRedis.Number(1));
        _database.IsAway = true;
        Say("Ann", "dev", "away");
        await Eventually.Async("it is said", () => _logs.Entries.Any(static entry => entry.Message.Contains("could not be stored", StringComparison.Ordinal)));
        _database.IsAway = false;
        Say("Ann", "dev", "hello");

        await StoredAsync("hello");
        Assert.False(_services.GetRequiredService<RedisRefusals>().Any);
    }

    [Fact]
    public async Task More_than_a_thousand_that_wait_are_dropped_which_is_said_once_and_when_there_is_room_the_next_are_taken()
    {
        var taken = new TaskCompletionSource();
        var storing = new TaskCompletionSource();
        _database.Appending = _ =>
        {
            storing.TrySetResult();
            return taken.Task;
        };
        _logs.Expect("was dropped");
        Say("Ann", "dev", "0");
        await storing.Task.Soon();

        for (var i = 1; i <= 1100; i++)
        {
            Say("Ann", "dev", $"{i}");
        }

        await HeardAsync();
        Assert.Single(_logs.Entries, static entry => entry.Message.Contains("was dropped", StringComparison.Ordinal));
        taken.SetResult();
        await StoredAsync([.. Enumerable.Range(0, 1001).Select(static i => $"{i}")]);
        Say("Ann", "dev", "after");
        await StoredAsync([.. Enumerable.Range(0, 1001).Select(static i => $"{i}"), "after"]);
    }

    [Fact]
    public async Task After_its_end_nothing_is_heard()
    {
        await _listener.StopAsync(default).Soon();

        await Eventually.Async("nobody listens", () => _store.Redis.CountSubscribers(PublicFeed.Messages) + _store.Redis.CountSubscribers(PublicFeed.Notifications) == 0);
    }

    [Fact]
    public async Task What_people_here_say_and_who_comes_is_published_with_the_name_of_the_node_until_the_end()
    {
        _feed.Publish(Message("hello", clientMsgId: "mine"));
        _feed.Publish(Message("from a program", clientMsgId: $"{ChatMessage.ExternalPrefix}1"));
        _presence.Enter(_room, "Ann");
        _presence.Enter(_room, "Ann");
        await Eventually.Async("both are published", () => Published().Count == 2);
        _feed.Dispose();
        _feed.Dispose();
        _presence.Leave(_room, "Ann", isLost: false);
        _feed.Publish(Message("last", clientMsgId: null));

        await Eventually.Async("the last is published", () => Published().Count == 3);
        Assert.Equal(["chat:messages hello self", "chat:room-notifications Ann self", "chat:messages last self"], Published().Select(static said =>
        {
            var words = said.Split(' ', 2);
            var root = JsonDocument.Parse(words[1]).RootElement;
            return $"{words[0]} {root.GetProperty("message").GetString()!.Split(' ')[0]} {root.GetProperty("node").GetString()}";
        }));
    }

    [Fact]
    public async Task While_Redis_refuses_or_is_away_nobody_who_says_something_waits_or_fails()
    {
        _logs.Expect("Redis refuses");
        _logs.Expect("was lost");
        _store.First = static call => call.Name == "PUBLISH" ? ScriptedRedis.Error("OOM command not allowed") : null;
        _feed.Publish(Message("refused", clientMsgId: null));
        await Eventually.Async("it is refused", () => _services.GetRequiredService<RedisRefusals>().Any);

        await _listener.StopAsync(default).Soon();
        _store.Redis.Stop();
        _feed.Publish(Message("away", clientMsgId: null));
        await _store.Client.DisposeAsync().AsTask().Soon();
        _feed.Publish(Message("ended", clientMsgId: null));
    }

    private ChatMessage Message(string text, string? clientMsgId) => new("dev", 1, "id", "Ann", text, _time.GetUtcNow().UtcDateTime, clientMsgId, ReplyTo: null);

    private void Say(string username, string room, string text) =>
        Assert.Equal(1, _store.Redis.Publish(PublicFeed.Messages, JsonSerializer.Serialize(new { username, room, message = text })));

    /// <summary>What was published before is heard when something later is: a client has one connection for all its subscriptions, in order.</summary>
    private async Task HeardAsync()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var marker = await _store.Client.SubscribeAsync("marker", _ => heard.TrySetResult());
        Assert.Equal(1, _store.Redis.Publish("marker", ""));
        await heard.Task.Soon();
    }

    private List<string> Published() =>
        [.. _store.Redis.Commands.Where(static command => command.StartsWith("PUBLISH chat:", StringComparison.Ordinal)).Select(static command => command["PUBLISH ".Length..])];

    private async Task StoredAsync(params string[] texts)
    {
        await Eventually.Async($"{texts.Length} are stored", () => _queue.StoredCount >= texts.Length, patience: TimeSpan.FromMinutes(1));
        var (page, _) = await _database.ReadAfterAsync(_room, since: 0, limit: 10_000);
        Assert.Equal(texts, page.Messages.Select(static message => message.Text));
    }

    private sealed class Members : IClusterMembers
    {
        public event Action<string>? Joined
        {
            add { }
            remove { }
        }

        public event Action<string>? Left
        {
            add { }
            remove { }
        }

        public string Self => "self";

        public IReadOnlyCollection<string> Others => [];
    }
}
