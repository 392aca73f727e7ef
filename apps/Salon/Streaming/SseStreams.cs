using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.App.Streaming;

/// <summary>Serves feeds as event streams, with one timer for all of them. Thread-safe.</summary>
internal sealed class SseStreams(TimeProvider time, SseOptions options, ILogger<SseStreams> logger) : IDisposable
{
    private const string Transport = "sse";

    private readonly DeadlineScheduler _deadlines = new(time, new Guard(logger));

    /// <summary>Answers a request with a stream, until the client goes, or the stream or the app ends.</summary>
    public async Task ServeAsync(HttpContext context, EventFeed feed, TopicSet topics)
    {
        await BeginAsync(context);

        var cursor = new FeedCursor(feed, topics, ResumePoint.Of(context.Request));
        var stream = new SseStream(cursor, context.Response.BodyWriter, this, context.Abort);
        feed.Metrics.OnOpened(Transport);

        try
        {
            using var aborted = context.RequestAborted.UnsafeRegister(static stream => ((SseStream)stream!).End(), stream);
            using var reading = feed.Readers.Add(stream);
            stream.Start();
            await stream.Ended;
        }
        finally
        {
            stream.Close();
            feed.Metrics.OnClosed(Transport);
        }
    }

    public void ScheduleHeartbeat(SseStream stream) => _deadlines.Schedule(stream, options.HeartbeatInterval);

    public void CancelHeartbeat(SseStream stream) => _deadlines.Cancel(stream);

    /// <summary>When a stream that begins now is to end.</summary>
    public long ChooseEnd()
    {
        var factor = 1 + (options.LifetimeJitter * ((Random.Shared.NextDouble() * 2) - 1));
        return time.GetTimestamp() + (long)(options.Lifetime.TotalSeconds * factor * time.TimestampFrequency);
    }

    public bool IsOver(long end) => time.GetTimestamp() >= end;

    public byte[] CreateRetry() => SseFormat.Retry(Random.Shared.Next(options.MinRetryMilliseconds, options.MaxRetryMilliseconds + 1));

    public void Dispose() => _deadlines.Dispose();

    private static Task BeginAsync(HttpContext context)
    {
        SseFormat.Announce(context.Response);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // Kestrel ends connections that take too little; here, a slow reader is given less instead.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        return context.Response.StartAsync();
    }
}
