using System.Globalization;
using Salon.App.Hosting;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>
/// Short and long polling: <c>GET poll?since=&amp;wait=</c> is answered with what is new and a cursor for the next time, or with 204 when
/// nothing came in time.
/// </summary>
internal sealed class LabPoll(TimeProvider time)
{
    public Task HandleAsync(HttpContext context, LabRun run)
    {
        var wait = ReadWait(context.Request.Query["wait"]);
        var technique = wait == TimeSpan.Zero ? LabTechnique.ShortPolling : LabTechnique.LongPolling;
        return LabDoor.EnterAsync(context, run, technique, () => AnswerAsync(context, run, technique, wait));
    }

    private async Task AnswerAsync(HttpContext context, LabRun run, LabTechnique technique, TimeSpan wait)
    {
        var since = ResumePoint.Parse(context.Request.Query["since"]);
        var reader = new LabReader(run, technique, since);

        // Who comes for the first time is told at once from where to go on.
        if (since is { Id: not null } && reader.Reset is null && wait > TimeSpan.Zero && !context.IsHead())
        {
            await WaitAsync(reader, wait, context.RequestAborted);
        }

        var batch = new List<StreamEvent>();

        while (batch.Count < LabLimits.BatchMessages && reader.TryRead(out var next, out var breaks))
        {
            if (breaks)
            {
                context.Abort();
                return;
            }

            batch.Add(next);
        }

        var response = context.Response;
        response.Headers.CacheControl = "no-store";

        if (batch.Count == 0 && since.Id is not null && reader.Reset is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        run.Traffic[technique].OnDelivered(batch.Count);
        await WriteAsync(response, reader, batch);
    }

    private async Task WaitAsync(LabReader reader, TimeSpan wait, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var timer = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), patience, wait, Timeout.InfiniteTimeSpan);

        try
        {
            await reader.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            // Nothing came in time.
        }
    }

    private static Task WriteAsync(HttpResponse response, LabReader reader, List<StreamEvent> batch)
    {
        var json = PollAnswer.Encode(reader.Cursor.ToString(), reader.Reset is { } reason ? $"\"{reason.ToText()}\"" : "null", batch);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json).AsTask();
    }

    private static TimeSpan ReadWait(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return TimeSpan.Zero;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LabLimits.MaxWait
            ? TimeSpan.FromSeconds(seconds)
            : throw LabException.Invalid("wait", $"\"wait\" is a whole number of seconds from 0 to {LabLimits.MaxWait}.");
    }
}
