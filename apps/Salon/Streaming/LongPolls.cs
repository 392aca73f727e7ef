using Salon.Supervision;
using Salon.Timing;

namespace Salon.App.Streaming;

/// <summary>Answers polls when there is something, or their time is over; one timer for all of them. Thread-safe.</summary>
internal sealed class LongPolls(TimeProvider time, ILogger<LongPolls> logger) : IDisposable
{
    // About as many as a page can show at once; the next poll brings the rest.
    private const int MaxEvents = 1000;

    private const string Transport = "poll";

    private readonly DeadlineScheduler _deadlines = new(time, new Guard(logger));

    /// <summary>Waits for events.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="topics">Which events.</param>
    /// <param name="resume">Where the client is.</param>
    /// <param name="wait">How long to wait when there are none.</param>
    /// <param name="aborted">Whether the client has gone.</param>
    /// <returns>The events; none when there were none in time.</returns>
    public async Task<PollAnswer> WaitAsync(EventFeed feed, TopicSet topics, ResumePoint resume, TimeSpan wait, CancellationToken aborted)
    {
        var cursor = new FeedCursor(feed, topics, resume, isPoll: true);
        var answer = Take(cursor);
        return answer.IsEmpty && wait > TimeSpan.Zero ? await WaitAsync(feed, cursor, wait, aborted) : answer;
    }

    public void Dispose() => _deadlines.Dispose();

    private async Task<PollAnswer> WaitAsync(EventFeed feed, FeedCursor cursor, TimeSpan wait, CancellationToken aborted)
    {
        var waiter = new FeedWaiter();
        feed.Metrics.OnOpened(Transport);

        try
        {
            using var leaving = aborted.UnsafeRegister(static waiter => ((FeedWaiter)waiter!).Stop(), waiter);
            using var reading = feed.Readers.Add(waiter);
            _deadlines.Schedule(waiter, wait);

            while (true)
            {
                waiter.Reset();

                var answer = Take(cursor);

                if (!answer.IsEmpty || waiter.IsOver)
                {
                    return answer;
                }

                await waiter.News;
            }
        }
        finally
        {
            _deadlines.Cancel(waiter);
            feed.Metrics.OnClosed(Transport);
        }
    }

    private static PollAnswer Take(FeedCursor cursor)
    {
        var events = new List<StreamEvent>();
        var isReset = false;

        while (events.Count < MaxEvents && cursor.TryTake(out var next))
        {
            isReset |= next.Name == "reset";

            // A reset is said by the answer itself, and how the feed is doing is for those who stay.
            if (next.Id is not null)
            {
                events.Add(next);
            }
        }

        return new PollAnswer(cursor.Position, isReset, events);
    }
}
