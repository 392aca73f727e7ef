using Salon.Supervision;
using Salon.Tests;
using Salon.Timing;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>When deadlines fall due, and in which order, whatever lengths they have: <see cref="DeadlineScheduler"/>.</summary>
[Trait("Stage", "fast")]
public sealed class DeadlineOrderTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogWatcher _logs = new();
    private readonly DeadlineScheduler _deadlines;
    private readonly List<string> _due = [];

    public DeadlineOrderTests() => _deadlines = new DeadlineScheduler(_time, new Guard(_logs.CreateLogger("deadlines")));

    public void Dispose()
    {
        _deadlines.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public void A_shorter_one_that_comes_later_is_due_first()
    {
        Schedule("long", 10);
        Schedule("short", 2);

        Pass(2);
        Assert.Equal(["short"], _due);
        Pass(7.999);
        Assert.Equal(["short"], _due);
        Pass(0.001);
        Assert.Equal(["short", "long"], _due);
    }

    [Fact]
    public void It_comes_once_and_scheduled_again_it_forgets_the_earlier_time()
    {
        var deadline = Schedule("one", 2);
        Pass(1);
        _deadlines.Schedule(deadline, TimeSpan.FromSeconds(2));

        Pass(1.5);
        Assert.Empty(_due);
        Pass(0.5);
        Pass(100);
        Assert.Equal(["one"], _due);
    }

    [Fact]
    public void What_is_cancelled_does_not_come_and_cancelling_twice_or_too_late_harms_no_other()
    {
        var first = Schedule("first", 1);
        var middle = Schedule("middle", 1);
        Schedule("last", 1);

        _deadlines.Cancel(middle);
        _deadlines.Cancel(middle);
        Pass(1);
        _deadlines.Cancel(first);
        Schedule("next", 1);
        Pass(1);

        Assert.Equal(["first", "last", "next"], _due);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whichever_of_a_length_is_cancelled_the_others_come_in_order(int cancelled)
    {
        var all = new[] { "a", "b", "c" }.Select(name => Schedule(name, 1)).ToList();

        _deadlines.Cancel(all[cancelled]);
        Schedule("d", 1);
        Pass(1);

        Assert.Equal(new[] { "a", "b", "c", "d" }.Where((_, index) => index != cancelled), _due);
    }

    [Fact]
    public void What_follows_a_deadline_counts_from_when_that_was_due_and_not_from_when_the_timer_came()
    {
        Named? repeated = null;
        repeated = new Named("tick", name =>
        {
            _due.Add(name);
            _deadlines.ScheduleNext(repeated!, TimeSpan.FromSeconds(1));
        });
        _deadlines.Schedule(repeated, TimeSpan.FromSeconds(1.0004));

        // The timer has whole milliseconds and comes late; three later ones are due at 2.0004, 3.0004 and 4.0004.
        Pass(4.0005);
        Assert.Equal(3, _due.Count);
        Pass(0.0005);
        Assert.Equal(4, _due.Count);
    }

    [Fact]
    public void One_that_counts_from_an_earlier_moment_comes_before_those_of_its_length_that_are_due_later()
    {
        var early = new Named("early", name => _due.Add(name)) { DueAt = _time.GetTimestamp() };
        Pass(1);
        var before = Schedule("before", 5);
        Pass(1);
        Schedule("after", 5);

        _deadlines.ScheduleNext(early, TimeSpan.FromSeconds(5));
        _deadlines.Cancel(before);
        Pass(3);
        Assert.Equal(["early"], _due);
        Pass(2);
        Assert.Equal(["early", "after"], _due);
    }

    [Fact]
    public void One_is_due_as_soon_as_its_time_has_come_and_not_any_more_when_it_was_cancelled_or_called()
    {
        var deadline = Schedule("one", 1);
        Assert.False(_deadlines.IsDue(deadline));

        var late = new Named("late", _ => Assert.True(_deadlines.IsDue(deadline)));
        _deadlines.Cancel(deadline);
        Assert.False(_deadlines.IsDue(deadline));

        deadline.DueAt = _time.GetTimestamp() - 1;
        _deadlines.ScheduleNext(deadline, TimeSpan.Zero);
        Assert.True(_deadlines.IsDue(deadline));
        late.Call();
        Pass(0.001);
        Assert.False(_deadlines.IsDue(deadline));
        Assert.Equal(["one"], _due);
    }

    [Fact]
    public void One_that_schedules_itself_at_once_does_not_keep_the_round_of_the_others()
    {
        var calls = 0;
        Named? eager = null;
        eager = new Named("eager", _ =>
        {
            if (++calls < 5)
            {
                _deadlines.Schedule(eager!, TimeSpan.Zero);
            }
        });
        _deadlines.Schedule(eager, TimeSpan.FromSeconds(1));
        Schedule("other", 1);

        Pass(1);

        Assert.Equal(["other"], _due);
        Assert.Equal(5, calls);
    }

    [Fact]
    public void After_the_end_nothing_comes_and_scheduling_is_no_error()
    {
        Schedule("before", 1);
        _deadlines.Dispose();
        var after = Schedule("after", 1);

        Pass(5);

        Assert.Empty(_due);
        Assert.False(_deadlines.IsDue(after));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1000)]
    public void What_is_due_later_than_any_timer_can_tell_comes_in_its_time_and_keeps_nothing_else_waiting(int days)
    {
        Schedule("late", TimeSpan.FromDays(days).TotalSeconds);
        Schedule("soon", 1);

        Pass(1);
        Assert.Equal(["soon"], _due);
        Pass(TimeSpan.FromDays(days).TotalSeconds - 1.001);
        Assert.Equal(["soon"], _due);
        Pass(0.001);
        Assert.Equal(["soon", "late"], _due);
    }

    [Fact]
    public void What_is_never_due_does_not_come_and_can_be_cancelled()
    {
        var never = new Named("never", _due.Add);
        _deadlines.Schedule(never, TimeSpan.MaxValue);
        Assert.False(_deadlines.IsDue(never));
        Schedule("soon", 1);

        Pass(TimeSpan.FromDays(10_000).TotalSeconds);

        Assert.Equal(["soon"], _due);
        Assert.False(_deadlines.IsDue(never));
        _deadlines.Cancel(never);
        Assert.Null(never.Lane);
    }

    private Named Schedule(string name, double seconds)
    {
        var deadline = new Named(name, _due.Add);
        _deadlines.Schedule(deadline, TimeSpan.FromSeconds(seconds));
        return deadline;
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private sealed class Named(string name, Action<string> onDue) : Deadline
    {
        public void Call() => onDue(name);

        protected internal override void OnDue() => onDue(name);
    }
}
