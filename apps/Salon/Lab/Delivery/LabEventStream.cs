using Salon.App.Hosting;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>Server-sent events: <c>GET stream</c> stays open; a browser that comes back says by <c>Last-Event-ID</c> where it was.</summary>
internal sealed class LabEventStream(TimeProvider time)
{
    private const int RetryMilliseconds = 1_000;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    public Task HandleAsync(HttpContext context, LabRun run) =>
        LabDoor.EnterAsync(context, run, LabTechnique.EventStream, () => context.IsHead() ? SseFormat.AnnounceAsync(context) : StreamAsync(context, run));

    private async Task StreamAsync(HttpContext context, LabRun run)
    {
        var response = context.Response;
        var aborted = context.RequestAborted;
        var reader = new LabReader(run, LabTechnique.EventStream, ResumePoint.Of(context.Request));

        SseFormat.Announce(response);
        await response.Body.WriteAsync(SseFormat.Retry(RetryMilliseconds), aborted);

        if (reader.Reset is { } reason)
        {
            await response.Body.WriteAsync(SseFormat.Event("reset", reason.ToData()), aborted);
        }

        while (true)
        {
            while (reader.TryRead(out var next, out var breaks))
            {
                if (breaks)
                {
                    await response.Body.FlushAsync(aborted);
                    context.Abort();
                    return;
                }

                run.Traffic[LabTechnique.EventStream].OnDelivered(1);
                await response.Body.WriteAsync(next.Sse, aborted);
            }

            await response.Body.FlushAsync(aborted);

            if (!await WaitAsync(reader, aborted))
            {
                await response.Body.WriteAsync(SseFormat.Heartbeat.ToArray(), aborted);
            }
        }
    }

    private async Task<bool> WaitAsync(LabReader reader, CancellationToken aborted)
    {
        try
        {
            await reader.WaitAsync(aborted).WaitAsync(HeartbeatInterval, time, aborted);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
