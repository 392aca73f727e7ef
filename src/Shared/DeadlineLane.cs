namespace Salon.Timing;

/// <summary>
/// The deadlines of one length, in the order in which they fall due: who comes later is due later, so adding is cheap.
/// Guarded by the lock of the <see cref="DeadlineScheduler"/>.
/// </summary>
internal sealed class DeadlineLane(long delay)
{
    private Deadline? _last;

    public long Delay => delay;

    public Deadline? First { get; private set; }

    public void Add(Deadline deadline, long since)
    {
        deadline.DueAt = since + delay;
        deadline.Lane = this;

        // Nearly always the last; what counts from a moment that has just passed may belong a few places before.
        var previous = _last;

        while (previous is not null && previous.DueAt > deadline.DueAt)
        {
            previous = previous.Previous;
        }

        deadline.Previous = previous;
        deadline.Next = previous is null ? First : previous.Next;

        if (deadline.Next is null)
        {
            _last = deadline;
        }
        else
        {
            deadline.Next.Previous = deadline;
        }

        if (previous is null)
        {
            First = deadline;
        }
        else
        {
            previous.Next = deadline;
        }
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
