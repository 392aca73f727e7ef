using Salon.SocketIO.Connections;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

[Trait("Stage", "fast")]
public class EventInboxTests
{
    private const int CostOfAPacket = 256;

    private readonly List<int> _handled = [];
    private readonly Queue<TaskCompletionSource> _gates = new();
    private int _running;
    private int _mostAtOnce;

    [Fact]
    public async Task Events_wait_for_the_connection_handlers_and_then_come_in_order()
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent: 1, maxBytes: 10_000);
        var first = new TaskCompletionSource();
        inbox.Start(first.Task);

        Post(inbox, 1, 2, 3);
        Assert.Empty(_handled);
        first.SetResult();

        await Eventually.Async("all are handled", () => Handled(3));
        Assert.Equal([1, 2, 3], _handled);
        Post(inbox, 4);
        Assert.Equal([1, 2, 3, 4], _handled);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task So_many_handlers_run_at_once_and_no_more(int maxConcurrent)
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent, maxBytes: 100_000, isHeld: true);
        inbox.Start(Task.CompletedTask);

        Post(inbox, [.. Enumerable.Range(0, 10)]);
        Assert.Equal(maxConcurrent, _running);

        for (var i = 0; i < 10; i++)
        {
            await ReleaseOneAsync();
        }

        await Eventually.Async("all are handled", () => Handled(10));
        Assert.Equal(maxConcurrent, _mostAtOnce);
        Assert.Equal(10, _handled.Distinct().Count());
        await Eventually.Async("nobody runs", () => Volatile.Read(ref _running) == 0);
    }

    [Fact]
    public async Task Beyond_the_bound_the_reader_waits_until_there_is_room()
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent: 1, maxBytes: (2 * CostOfAPacket) + 100, isHeld: true);
        inbox.Start(Task.CompletedTask);

        // The first is being handled and does not wait.
        Post(inbox, 0, 1, 2);
        var full = inbox.PostAsync(Parts.Read("2[\"e\",3]")).AsTask();
        Assert.False(full.IsCompleted);

        await ReleaseOneAsync();
        await full.Soon();
        await ReleaseOneAsync();
        await ReleaseOneAsync();
        await ReleaseOneAsync();
        await Eventually.Async("all are handled", () => Handled(4));
        Assert.Equal([0, 1, 2, 3], _handled);
    }

    [Fact]
    public async Task A_packet_that_alone_is_larger_than_the_bound_is_handled_too()
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent: 1, maxBytes: 1);
        var first = new TaskCompletionSource();
        inbox.Start(first.Task);
        var reading = inbox.PostAsync(Parts.Read("2[\"e\",1]")).AsTask();
        Assert.False(reading.IsCompleted);

        first.SetResult();

        await reading.Soon();
        await Eventually.Async("it is handled", () => Handled(1));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Stopping_frees_the_reader_and_handles_or_forgets_what_waits(bool discard, int handled)
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent: 1, maxBytes: 10, isHeld: true);
        inbox.Start(Task.CompletedTask);
        Post(inbox, 1);
        var reading = inbox.PostAsync(Parts.Read("2[\"e\",2]")).AsTask();

        inbox.Stop(discard);

        await reading.Soon();
        Assert.True(inbox.PostAsync(Parts.Read("2[\"e\",3]")).AsTask().IsCompleted);

        for (var i = 0; i < handled; i++)
        {
            await ReleaseOneAsync();
        }

        await Eventually.Async("the handlers are done", () => Handled(handled) && Volatile.Read(ref _running) == 0);
        Assert.Equal(Enumerable.Range(1, handled), _handled);
    }

    [Fact]
    public async Task Who_stops_before_it_starts_never_starts()
    {
        await using var parts = new Parts();
        var inbox = Create(parts, maxConcurrent: 1, maxBytes: 1000);
        Post(inbox, 1);

        inbox.Stop(discard: true);
        inbox.Start(Task.CompletedTask);

        Assert.Empty(_handled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_is_not_handled_by_whoever_happens_to_end_the_wait_of_the_one_before(bool isOfThePool)
    {
        await using var parts = new Parts();
        var socket = parts.Connect("a");
        var gate = new TaskCompletionSource();
        var (isEnding, wereEnding) = (new ThreadLocal<bool>(), new List<bool>());
        socket.On("e", async (int number) =>
        {
            lock (wereEnding)
            {
                wereEnding.Add(isEnding.Value);
            }

            await gate.Task;
        });
        var inbox = new EventInbox(socket, maxConcurrent: 1, maxBytes: 10_000);
        inbox.Start(Task.CompletedTask);
        Post(inbox, 1, 2, 3);

        // A thread of its own, as a library may have one that calls back; or one of the pool, which has other things to do, too.
        var ending = Task.Factory.StartNew(End, default, isOfThePool ? TaskCreationOptions.None : TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await Eventually.Async("all are handled", () =>
        {
            lock (wereEnding)
            {
                return wereEnding.Count == 3;
            }
        });
        await ending.Soon();
        Assert.All(wereEnding, Assert.False);

        void End()
        {
            isEnding.Value = true;
            gate.SetResult();
            isEnding.Value = false;
        }
    }

    private EventInbox Create(Parts parts, int maxConcurrent, long maxBytes, bool isHeld = false)
    {
        var socket = parts.Connect("a");

        socket.On("e", async (int number) =>
        {
            TaskCompletionSource? gate = null;

            lock (_gates)
            {
                _handled.Add(number);
                _mostAtOnce = Math.Max(_mostAtOnce, ++_running);

                if (isHeld)
                {
                    _gates.Enqueue(gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }
            }

            await (gate?.Task ?? Task.CompletedTask);

            lock (_gates)
            {
                _running--;
            }
        });

        return new EventInbox(socket, maxConcurrent, maxBytes);
    }

    private static void Post(EventInbox inbox, params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
        {
            Assert.True(inbox.PostAsync(Parts.Read($"2[\"e\",{number}]")).AsTask().IsCompleted);
        }
    }

    private async Task ReleaseOneAsync()
    {
        TaskCompletionSource? gate = null;

        await Eventually.Async("a handler runs", () =>
        {
            lock (_gates)
            {
                return gate is not null || _gates.TryDequeue(out gate);
            }
        });

        gate!.SetResult();
    }

    private bool Handled(int count)
    {
        lock (_gates)
        {
            return _handled.Count == count;
        }
    }
}
