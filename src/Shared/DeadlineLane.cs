namespace Salon.Timing;

/// <summary>
/// The deadlines of one length, in the order in which they fall due: who comes later is due later, so a queue is enough.
/// Guarded by the lock of the <see cref="DeadlineScheduler"/>.
/// </summary>
internal sealed class DeadlineLane(long delay)
{
    private Deadline? _last;

    public long Delay => delay;

    public Deadline? First { get; private set; }

    public void Add(Deadline deadline, long now)
    {
        deadline.DueAt = now + delay;
        deadline.Lane = this;
        deadline.Previous = _last;

        if (_last is null)
        {
            First = deadline;
        }
        else
        {
            _last.Next = deadline;
        }

        _last = deadline;
    }

    public void Remove(Deadline deadline)
    {
        if (deadline.Previous is null)
        {
            First = deadline.Next;
        }
        else
        {
            deadline.Previous.Next = deadline.Next;
        }

        if (deadline.Next is null)
        {
            _last = deadline.Previous;
        }
        else
        {
            deadline.Next.Previous = deadline.Previous;
        }

        deadline.Previous = deadline.Next = null;
        deadline.Lane = null;
    }
}
