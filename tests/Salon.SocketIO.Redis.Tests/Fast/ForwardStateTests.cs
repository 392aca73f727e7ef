using Salon.SocketIO.Redis.Forwarding;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>What bounds the requests that go on to other servers, without any Redis.</summary>
[Trait("Stage", "fast")]
public class ForwardStateTests
{
    [Fact]
    public async Task Who_wants_more_than_there_is_waits_in_order_and_nobody_overtakes()
    {
        var budget = new ByteBudget(10);
        await budget.AcquireAsync(8, default);
        var large = budget.AcquireAsync(5, default);
        var small = budget.AcquireAsync(1, default);

        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);
        budget.Release(8);

        await large.Soon();
        await small.Soon();
        Assert.False(budget.AcquireAsync(5, default).IsCompleted);
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing_and_lets_those_behind_it_pass()
    {
        var budget = new ByteBudget(10);
        await budget.AcquireAsync(8, default);
        using var leaving = new CancellationTokenSource();
        var large = budget.AcquireAsync(5, leaving.Token);
        var small = budget.AcquireAsync(2, default);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small.Soon();
        budget.Release(10);
        Assert.True(budget.AcquireAsync(10, default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_is_more_than_all_keeps_nobody_waiting_once_it_is_given_up()
    {
        var budget = new ByteBudget(10);
        using var leaving = new CancellationTokenSource();
        var never = budget.AcquireAsync(11, leaving.Token);
        var behind = budget.AcquireAsync(3, default);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
        await behind.Soon();
        Assert.True(budget.AcquireAsync(7, default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_has_given_up_before_asking_takes_nothing()
    {
        var budget = new ByteBudget(10);
        await budget.AcquireAsync(10, default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => budget.AcquireAsync(5, new CancellationToken(canceled: true)));

        budget.Release(10);
        Assert.True(budget.AcquireAsync(10, default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task However_many_wait_give_up_and_release_nothing_is_lost()
    {
        var budget = new ByteBudget(10);
        var (held, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var bytes = 1 + ((worker + i) % 5);
                using var leaving = new CancellationTokenSource();
                var acquiring = budget.AcquireAsync(bytes, leaving.Token);

                if (i % 3 == 0)
                {
                    await leaving.CancelAsync();
                }

                try
                {
                    await acquiring;
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                var now = Interlocked.Add(ref held, bytes);
                most = Math.Max(Volatile.Read(ref most), now);
                Interlocked.Add(ref held, -bytes);
                budget.Release(bytes);
            }
        }))).Soon();

        Assert.InRange(most, 1, 10);
        Assert.True(budget.AcquireAsync(10, default).IsCompletedSuccessfully);
    }

    [Fact]
    public void The_newest_ids_are_known_and_one_that_comes_twice_pushes_none_out()
    {
        var ids = new RecentIds(2);
        ids.Add(1);
        ids.Add(2);
        ids.Add(2);
        ids.Add(2);

        Assert.True(ids.Contains(1));
        ids.Add(3);
        Assert.Equal([false, true, true], new ulong[] { 1, 2, 3 }.Select(ids.Contains));
    }
}
