using Salon.Collections;
using Salon.EngineIO.EventLoops;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Signals to one who waits, and a list that others read while it changes.</summary>
[Trait("Stage", "fast")]
public class ReadinessTests
{
    [Fact]
    public void A_signal_that_nobody_waited_for_is_kept_once()
    {
        var readiness = new Readiness();
        readiness.Signal();
        readiness.Signal();

        Assert.False(readiness.TryStartWaiting());
        Assert.True(readiness.TryStartWaiting());
        var wait = readiness.AsReading();
        Assert.False(wait.IsCompleted);
        readiness.Signal();
        Assert.True(wait.IsCompletedSuccessfully);
    }

    [Fact]
    public void Who_waits_for_the_next_signal_does_not_get_the_last()
    {
        var readiness = new Readiness();
        readiness.Signal();

        readiness.StartWaiting();
        var wait = readiness.AsWriting();
        Assert.False(wait.IsCompleted);
        readiness.Signal();

        Assert.True(wait.IsCompletedSuccessfully);
        Assert.True(readiness.TryStartWaiting());
    }

    [Fact]
    public async Task However_signals_and_waits_interleave_no_wait_is_left_alone()
    {
        var readiness = new Readiness();
        var isOver = false;
        var signals = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                readiness.Signal();
            }
        });

        await Task.Run(async () =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (readiness.TryStartWaiting())
                {
                    await readiness.AsReading();
                }
            }

            Volatile.Write(ref isOver, true);
        });
        await signals;
    }

    [Fact]
    public void Who_reads_a_list_keeps_what_it_was_and_who_comes_first_is_first()
    {
        var list = new CopyOnWriteList<string>();
        list.Add("b");
        var before = list.Items;

        list.AddFirst("a");
        list.Add("c");
        list.RemoveAll(static item => item == "b");
        list.RemoveAll(static item => item == "b");

        Assert.Equal(["b"], before);
        Assert.Equal(["a", "c"], list.Items);
    }

    [Fact]
    public async Task No_change_of_a_list_is_lost_to_another()
    {
        var list = new CopyOnWriteList<int>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                list.Add((worker * 1000) + i);

                if (i % 2 == 1)
                {
                    list.RemoveAll(item => item == (worker * 1000) + i);
                }
            }
        })));

        Assert.Equal(1000, list.Items.Distinct().Count());
        Assert.All(Enumerable.Range(0, 4), worker => Assert.Equal(Enumerable.Range(0, 250).Select(i => (worker * 1000) + (2 * i)), list.Items.Where(item => item / 1000 == worker)));
    }
}
