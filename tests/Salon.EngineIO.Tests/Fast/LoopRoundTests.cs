using Salon.EngineIO.EventLoops;
using Salon.Tests;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>What a loop does between two looks at the kernel, and which thread may. Descriptors of the kernel that only count, no network.</summary>
[Trait("Stage", "fast")]
public sealed class LoopRoundTests : IDisposable
{
    private readonly LogWatcher _logs = new();
    private readonly LoopWatchdog _watchdog;
    private readonly SocketHandle _epoll = new(Native.CreateEPoll(Native.CloseOnExec));
    private readonly List<SocketHandle> _events = [];
    private readonly LoopRound _round = new();

    public LoopRoundTests() => _watchdog = new LoopWatchdog(_logs.CreateLogger("watchdog"));

    public void Dispose()
    {
        _events.ForEach(static handle => handle.Dispose());
        _epoll.Dispose();
        _watchdog.End();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_round_that_takes_long_says_so_and_so_does_the_wait_right_behind_it()
    {
        Raise(2);
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));
        await Eventually.Async("it takes long", () => _round.Lag >= TimeSpan.FromMilliseconds(40));
        var took = _round.Lag;

        Raise(1);
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));

        Assert.True(_round.Lag >= took);
    }

    [Fact]
    public void What_came_is_done_first_and_then_what_was_deferred_in_order()
    {
        Raise(2);
        var (first, second) = (new Work(), new Work());
        Assert.True(_round.TryDefer(0, first));
        Assert.True(_round.TryDefer(0, second));

        Assert.True(_round.TryRefill(0, _epoll, _watchdog));

        Assert.Equal([1, 2], new[] { Take().Slot.Index, Take().Slot.Index }.Order());
        Assert.Same(first, Take().Work);
        Assert.Same(second, Take().Work);
        Assert.False(_round.TryTake(0, out _));

        // Tried again, there is still nothing; what is deferred then is done.
        Assert.False(_round.TryTake(0, out _));
        _round.TryDefer(0, first);
        Assert.Same(first, Take().Work);
    }

    [Fact]
    public void What_is_written_does_not_wait_for_hundreds_of_handlers()
    {
        Raise(100);
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));
        var order = new List<bool>();

        // Each handler writes something.
        while (_round.TryTake(0, out var step))
        {
            order.Add(step.Work is not null);

            if (step.Work is null)
            {
                Assert.True(_round.TryDefer(0, new Work()));
            }
        }

        Assert.Equal((100, 100), (order.Count(static isWork => isWork), order.Count(static isWork => !isWork)));
        Assert.InRange(order.IndexOf(true), 1, 40);
        Assert.True(order.LastIndexOf(false) > 100, "What is written does not keep handlers from their turns either.");
    }

    [Fact]
    public void A_socket_that_lets_others_come_first_has_its_turn_in_the_next_round()
    {
        var loop = new EventLoop(_watchdog, _logs.CreateLogger("loop"));
        using var socket = new LoopSocket(Create(1), loop);
        Raise(1);
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));
        Assert.True(_round.TryPostpone(0, socket));

        Assert.Null(Take().Postponed);
        Assert.False(_round.TryTake(0, out _));

        // Nothing new has come, and it does not wait for that.
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));
        var steps = new List<LoopStep>();

        while (_round.TryTake(0, out var step))
        {
            steps.Add(step);
        }

        Assert.Single(steps, step => step.Postponed == socket);
    }

    [Fact]
    public void Another_thread_goes_on_where_the_first_is_held_and_the_first_does_nothing_any_more()
    {
        Raise(3);
        Assert.True(_round.TryRefill(0, _epoll, _watchdog));
        Take();
        _round.TryDefer(0, new Work());

        Assert.True(_round.TryChangeOwner(out var owner));

        Assert.False(_round.TryTake(0, out _));
        Assert.False(_round.TryDefer(0, new Work()));
        Assert.False(_round.TryPostpone(0, null!));
        Assert.False(_round.TryRefill(0, _epoll, _watchdog));
        Assert.False(_round.TryEnd(0));
        Assert.True(_round.TryTake(owner, out _));
        Assert.True(_round.TryTake(owner, out _));
        Assert.True(_round.TryTake(owner, out var last));
        Assert.NotNull(last.Work);
        Assert.False(_round.TryTake(owner, out _));

        // And a third.
        Assert.True(_round.TryChangeOwner(out var third));
        Assert.False(_round.TryTake(owner, out _));
        Assert.True(_round.TryDefer(third, new Work()));
    }

    [Fact]
    public void After_its_end_nobody_takes_over()
    {
        Assert.True(_round.TryEnd(0));
        Assert.True(_round.TryEnd(0));

        Assert.False(_round.TryChangeOwner(out var owner));
        Assert.Equal(0, owner);
    }

    [Fact]
    public async Task While_its_thread_waits_for_the_kernel_nobody_takes_over()
    {
        var refilling = Task.Run(() => _round.TryRefill(0, _epoll, _watchdog));
        await Eventually.Async("it waits", () => _round.IsWaiting);

        Assert.False(_round.TryChangeOwner(out _));
        Raise(1);

        Assert.True(await refilling.Soon());
        Assert.False(_round.IsWaiting);
        Assert.True(_round.TryChangeOwner(out _));
    }

    [Fact]
    public void Each_look_for_something_to_do_counts_as_a_step()
    {
        Raise(2);
        _round.TryRefill(0, _epoll, _watchdog);
        Assert.Equal(0, _round.Steps);

        Take();
        Take();
        Assert.Equal(2, _round.Steps);
        _round.TryTake(0, out _);
        _round.TryTake(5, out _);
        Assert.Equal(3, _round.Steps);
    }

    [Fact]
    public async Task A_loop_whose_handler_does_not_come_back_is_seen_to_be_held_and_another_thread_goes_on()
    {
        var loop = new EventLoop(_watchdog, _logs.CreateLogger("loop"));
        using var release = new ManualResetEventSlim();
        var (held, other) = (new Member(release.Wait), new Member(static () => { }));
        loop.Start();
        var steps = new long[1];

        loop.Register(Create(1), held);
        await Eventually.Async("it is held", () => held.Events > 0);
        _watchdog.Look([loop], steps);
        loop.Register(Create(1), other);
        Assert.Equal(0, other.Events);
        _watchdog.Look([loop], steps);

        await Eventually.Async("the other is served", () => other.Events > 0);
        Assert.Single(_logs.Entries, static entry => entry.Message.Contains("holds a thread", StringComparison.Ordinal));
        release.Set();
        loop.End();
        await Eventually.Async("all are ended", () => held.IsAborted && other.IsAborted);
    }

    [Fact]
    public async Task A_loop_that_waits_for_clients_is_not_taken_for_held()
    {
        var loop = new EventLoop(_watchdog, _logs.CreateLogger("loop"));
        loop.Start();
        await Eventually.Async("it waits", () => !loop.IsBusy);
        var steps = new long[1];

        for (var i = 0; i < 10; i++)
        {
            _watchdog.Look([loop], steps);
        }

        Assert.Empty(_logs.Entries);
        loop.End();
        loop.End();
    }

    private LoopStep Take()
    {
        Assert.True(_round.TryTake(0, out var step));
        return step;
    }

    private void Raise(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            Assert.Equal(0, EPollEvents.Add(_epoll, Create(1), Native.EPollIn, new LoopSlot(i, 1)));
        }
    }

    private SocketHandle Create(uint value)
    {
        var handle = new SocketHandle(Native.CreateEvent(value, Native.CloseOnExec));
        _events.Add(handle);
        return handle;
    }

    private sealed class Work : ILoopWork
    {
        public void Run()
        {
        }
    }

    private sealed class Member(Action handle) : ILoopMember
    {
        private int _events;
        private volatile bool _isAborted;

        public int Events => Volatile.Read(ref _events);

        public bool IsAborted => _isAborted;

        public void OnEvents(uint events)
        {
            Interlocked.Increment(ref _events);
            handle();
        }

        public void Abort() => _isAborted = true;
    }
}
