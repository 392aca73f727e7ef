using System.Buffers;
using System.Globalization;
using System.Text;
using Salon.App.Streaming;

namespace Salon.App.Lab.Delivery;

/// <summary>
/// Short and long polling: <c>GET poll?since=&amp;wait=</c> is answered with what is new and a cursor for the next time, or with 204 when
/// nothing came in time.
/// </summary>
internal sealed class LabPoll(TimeProvider time)
{
    private static ReadOnlySpan<byte> Between => ","u8;

    private static ReadOnlySpan<byte> End => "]}"u8;

    public async Task HandleAsync(HttpContext context, LabRun run)
    {
        var wait = ReadWait(context.Request.Query["wait"]);
        var technique = wait == TimeSpan.Zero ? LabTechnique.ShortPolling : LabTechnique.LongPolling;

        run.Traffic.OnRequest(context, technique);
        using var visit = run.TryEnter(context.Abort);

        if (visit is null)
        {
            context.Abort();
            return;
        }

        try
        {
            await Task.Delay(run.RequestDelay, time, context.RequestAborted);
            await AnswerAsync(context, run, technique, wait);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, or the network is cut.
        }
    }

    private async Task AnswerAsync(HttpContext context, LabRun run, LabTechnique technique, TimeSpan wait)
    {
        var since = ResumePoint.Parse(context.Request.Query["since"]);
        var reader = new LabReader(run, technique, since);

        // Who comes for the first time is told at once from where to go on.
        if (since is { Id: not null } && reader.Reset is null && wait > TimeSpan.Zero)
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
        await WriteAsync(response, Head(reader), batch);
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

    private static byte[] Head(LabReader reader)
    {
        var reset = reader.Reset is { } reason ? $"\"{reason.ToText()}\"" : "null";
        return Encoding.ASCII.GetBytes($$"""{"cursor":"{{reader.Cursor}}","reset":{{reset}},"events":[""");
    }

    private static async Task WriteAsync(HttpResponse response, byte[] head, List<StreamEvent> batch)
    {
        var body = new ArrayBufferWriter<byte>(head.Length + batch.Sum(static message => message.Frame.Length + Between.Length) + End.Length);
        body.Write(head);

        for (var i = 0; i < batch.Count; i++)
        {
            if (i > 0)
            {
                body.Write(Between);
            }

            body.Write(batch[i].Frame.Span);
        }

        body.Write(End);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory);
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
