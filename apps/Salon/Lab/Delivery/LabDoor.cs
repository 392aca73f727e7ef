namespace Salon.App.Lab.Delivery;

/// <summary>What happens to each request of a run before it is served: it is counted, cut off like the network, delayed.</summary>
internal static class LabDoor
{
    /// <param name="context">The request.</param>
    /// <param name="run">The run.</param>
    /// <param name="technique">To which its bytes count.</param>
    /// <param name="serve">Serves it. It may be cancelled when the client is gone.</param>
    public static async Task EnterAsync(HttpContext context, LabRun run, LabTechnique technique, Func<Task> serve)
    {
        run.Traffic.OnRequest(context, technique);
        using var visit = run.TryEnter(context.Abort);

        if (visit is null)
        {
            context.Abort();
            return;
        }

        try
        {
            await run.DelayAsync(context.RequestAborted);
            await serve();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, or the network is cut.
        }
    }
}
