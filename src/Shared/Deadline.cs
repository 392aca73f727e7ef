namespace Salon.Timing;

/// <summary>
/// Something that happens once, after a while, unless it is cancelled. Scheduled again, it forgets the earlier time.
/// The links belong to the <see cref="DeadlineScheduler"/> and are touched only under its lock.
/// </summary>
internal abstract class Deadline
{
    internal Deadline? Previous;
    internal Deadline? Next;
    internal DeadlineLane? Lane;
    internal long DueAt;

    /// <summary>
    /// Called on a timer's thread, outside every lock. It may come although <see cref="DeadlineScheduler.Cancel"/> was called
    /// a moment ago, so the implementation looks at its own state first.
    /// </summary>
    protected internal abstract void OnDue();
}
