using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.App.Chat;
using Salon.App.Chat.Delivery;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Messages on their way to the database and to the people in their rooms: in order, bounded, each answered once. A database in memory.</summary>
[Trait("Stage", "fast")]
public sealed class MessageQueueTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly FakeChatStore _store = new();
    private readonly ServiceProvider _services;
    private readonly ChatDelivery _delivery;
    private readonly MessageQueue _queue;
    private ChatRoom _room = null!;

    public MessageQueueTests()
    {
        var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs)).AddMetrics().AddSingleton<TimeProvider>(_time);
        services.AddSocketIO();
        _services = services.BuildServiceProvider();
        var logging = _services.GetRequiredService<ILoggerFactory>();
        _delivery = new ChatDelivery(new ChatFeed(_services.GetRequiredService<SocketIOServer>()), _store, _time, logging.CreateLogger<ChatDelivery>());
        _queue = new MessageQueue(_store, new ChatOutlet(_delivery), logging.CreateLogger<MessageQueue>());
    }

    public async ValueTask InitializeAsync()
    {
        _room = await FoundAsync("dev");
        _delivery.TryEnter(_room, head: 0, reachedBefore: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.StopAsync(default);
        _queue.Dispose();
        _delivery.Dispose();
        await _services.DisposeAsync();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task What_waits_is_stored_together_in_the_order_in_which_it_came()
    {
        var sizes = new List<int>();
        var first = new TaskCompletionSource();
        _store.Appending = size =>
        {
            sizes.Add(size);
            return sizes.Count == 1 ? first.Task : Task.CompletedTask;
        };
        await _queue.StartAsync(default);
        var messages = new List<PendingMessage> { Add("0") };
        await Eventually.Async("the first is being stored", () => sizes.Count == 1);
        messages.AddRange(Enumerable.Range(1, 1200).Select(i => Add($"{i}")));

        Assert.False(messages[0].Stored.IsCompleted);
        first.SetResult();

        var stored = await Task.WhenAll(messages.Select(static message => message.Stored)).Soon();
        Assert.Equal([1, 500, 500, 200], sizes);
        Assert.Equal(Enumerable.Range(1, 1201).Select(static i => (long)i), stored.Select(static message => message!.Seq));
        Assert.Equal(1201, _queue.StoredCount);
        Assert.Equal(1201, LastDelivered);
    }

    [Fact]
    public async Task A_message_waits_for_no_turn_of_the_thread_pool_on_its_way()
    {
        var first = new TaskCompletionSource();
        Thread? begun = null;
        Thread? told = null;
        await _queue.StartAsync(default);
        await Eventually.Async("it waits for messages", async () =>
        {
            // Until it does, somebody else begins the commit.
            await Add("before").Stored.Soon();
            _store.Appending = _ =>
            {
                begun = Thread.CurrentThread;
                return first.Task;
            };
            var message = Add("hello");
            var answered = message.Stored.ContinueWith(_ => told = Thread.CurrentThread, TaskContinuationOptions.ExecuteSynchronously);
            var isAtOnce = begun == Thread.CurrentThread;
            var committing = new Thread(first.SetResult);
            committing.Start();
            await answered.Soon();

            if (isAtOnce)
            {
                Assert.Equal(committing, told);
            }

            _store.Appending = static _ => Task.CompletedTask;
            (first, begun) = (new TaskCompletionSource(), null);
            return isAtOnce;
        });
    }

    [Fact]
    public async Task The_end_is_not_on_the_thread_that_has_committed_which_who_waits_for_it_is_about_to_end()
    {
        var first = new TaskCompletionSource();
        _store.Appending = _ => first.Task;
        await _queue.StartAsync(default);
        var message = Add("last");
        var ending = _queue.StopAsync(default).ContinueWith(static _ => Thread.CurrentThread.IsThreadPoolThread, TaskContinuationOptions.ExecuteSynchronously);

        new Thread(first.SetResult).Start();

        Assert.True(await ending.Soon());
        Assert.NotNull(await message.Stored);
    }

    [Fact]
    public async Task It_takes_so_many_and_no_more_and_goes_on_when_there_is_room()
    {
        var messages = Enumerable.Range(0, 10_000).Select(i => Add($"{i}")).ToList();
        var refused = New("too much");
        Assert.False(_queue.TryAdd(refused));

        await _queue.StartAsync(default);
        await Task.WhenAll(messages.Select(static message => message.Stored)).Soon();

        Assert.False(refused.Stored.IsCompleted);
        Assert.Equal(10_001, (await Add("after").Stored.Soon())!.Seq);
    }

    [Fact]
    public async Task Whoever_wrote_what_could_not_be_stored_is_told_and_what_comes_later_is_stored()
    {
        await _queue.StartAsync(default);
        _store.IsAway = true;
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<SocketIOException>(() => Add("away").Stored.Soon())).Code);
        _store.IsAway = false;
        _logs.Expect("could not be stored");
        _store.Appending = static _ => throw new InvalidOperationException("A mistake of the store.");
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<SocketIOException>(() => Add("mistake").Stored.Soon())).Code);
        _store.Appending = static _ => Task.CompletedTask;

        Assert.Equal(1, (await Add("later").Stored.Soon())!.Seq);
        Assert.Equal(1, _queue.StoredCount);
    }

    [Fact]
    public async Task A_message_of_a_room_that_is_gone_has_no_answer_and_those_beside_it_have()
    {
        var gone = new PendingMessage(New("gone").Message with { Room = new ChatRoom(99, "gone") });
        var (before, after) = (Add("before"), New("after"));
        Assert.True(_queue.TryAdd(gone));
        Assert.True(_queue.TryAdd(after));

        await _queue.StartAsync(default);

        Assert.Null(await gone.Stored.Soon());
        Assert.Equal((1L, 2L), ((await before.Stored.Soon())!.Seq, (await after.Stored.Soon())!.Seq));
        Assert.Equal(2, _queue.StoredCount);
    }

    [Fact]
    public async Task What_was_taken_is_stored_before_it_stops_and_nothing_is_taken_after_that()
    {
        var first = new TaskCompletionSource();
        _store.Appending = _ => first.Task;
        await _queue.StartAsync(default);
        var (one, two) = (Add("one"), Add("two"));

        var stopping = _queue.StopAsync(default);
        Assert.False(stopping.IsCompleted);
        Assert.False(_queue.TryAdd(New("late")));
        first.SetResult();

        await stopping.Soon();
        Assert.True(one.Stored.IsCompleted && two.Stored.IsCompleted);
        Assert.Equal((1L, 2L), ((await one.Stored)!.Seq, (await two.Stored)!.Seq));
        await _queue.StopAsync(default);
    }

    [Fact]
    public async Task What_nobody_told_is_read_a_moment_later_and_again_while_the_database_is_away()
    {
        await StoreAsync(_room, 3);
        _delivery.OnHead(_room, 3, reachedBefore: 0);
        Assert.Equal(0, LastDelivered);
        _store.IsAway = true;
        _time.Advance(TimeSpan.FromMilliseconds(30));
        await Eventually.Async("it was tried", () => _logs.Entries.Any(static entry => entry.Message.Contains("it is tried again", StringComparison.Ordinal)));
        _store.IsAway = false;
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, LastDelivered);

        await Eventually.Async("it is read", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return LastDelivered == 3;
        });
    }

    [Fact]
    public async Task What_comes_early_waits_for_what_is_before_it_and_comes_once()
    {
        var messages = await StoreAsync(_room, 3);

        _delivery.Add(_room, messages[2]);
        _delivery.Add(_room, messages[1]);
        Assert.Equal(0, LastDelivered);
        _delivery.Add(_room, messages[0]);
        Assert.Equal(3, LastDelivered);
        _delivery.Add(_room, messages[0]);
        Assert.Equal(3, LastDelivered);
    }

    [Fact]
    public async Task Rooms_in_which_nobody_is_are_not_kept_up_and_one_that_is_forgotten_can_be_entered_again()
    {
        var other = await FoundAsync("other");
        await StoreAsync(other, 2);
        _delivery.OnHead(other, 2, reachedBefore: 0);
        Assert.Equal([_room], _delivery.Active.Select(static active => active.Room));

        _delivery.Forget(_room);
        Assert.Equal([_room], _delivery.Active.Select(static active => active.Room));
        _delivery.Leave(_room);
        _delivery.Forget(_room);
        _delivery.Forget(_room);
        Assert.Empty(_delivery.Active);

        Assert.True(_delivery.TryEnter(_room, head: 5, reachedBefore: 0));
        Assert.Equal([(_room, 5L)], _delivery.Active);
    }

    private long LastDelivered => _delivery.Active.Single(active => active.Room == _room).Last;

    private async Task<ChatRoom> FoundAsync(string name) => (await _store.FoundAsync(new NewRoom(name, "Ann", _time.GetUtcNow()), maxRooms: 10))!.Value.Room;

    private async Task<List<ChatMessage>> StoreAsync(ChatRoom room, int count) =>
        [.. (await _store.AppendAsync([.. Enumerable.Range(0, count).Select(i => New($"{i}").Message with { Room = room })])).Select(static stored => stored!.Message)];

    private PendingMessage New(string text) => new(new NewMessage(_room, Guid.NewGuid(), "Ann", text, _time.GetUtcNow(), ClientMsgId: null, ReplyTo: null));

    private PendingMessage Add(string text)
    {
        var message = New(text);
        Assert.True(_queue.TryAdd(message));
        return message;
    }
}
