using Microsoft.AspNetCore.Hosting.Server;
using Salon.Supervision;

namespace Salon.App.Lab.Processor;

/// <summary>
/// Measures what each technique costs the server's processor: one after the other, each alone for some seconds, with virtual clients on a
/// thread of their own whose time is subtracted, as is what the process takes without any client. One measurement at a time; thread-safe.
/// </summary>
internal sealed partial class ProcessorMeter(LabRuns runs, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ProcessorMeter> logger)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2.5);

    private int _isBusy;

    /// <summary>Begins a measurement; the run's report tells how it goes.</summary>
    /// <exception cref="LabException">Another one is going on, or this machine cannot.</exception>
    public void Start(LabRun run, int clients)
    {
        if (!ProcessorClock.IsSupported)
        {
            throw LabException.Unsupported("Processor time is measured on Linux only.");
        }

        var server = FindServer();

        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            throw LabException.Busy;
        }

        // As many messages as there may be: what few of them take is lost in what the process does anyway.
        var payload = run.Settings.Payload;
        var settings = new LabSettings(Math.Clamp(LabLimits.MaxBytesPerSecond / Math.Max(1, payload), LabLimits.MinRate, LabLimits.MaxRate), payload);
        run.Processor = new ProcessorReport("running", clients, settings.Rate, null, null, new Dictionary<string, ProcessorFigure>());

        // Its end, good or bad, is in the run's report.
        new Guard(logger).Forget(nameof(ProcessorMeter), MeasureAsync(run, server, settings, clients));
    }

    private Uri FindServer() => OwnAddress.Find(server);

    private async Task MeasureAsync(LabRun run, Uri address, LabSettings settings, int clients)
    {
        run.IsResting = true;

        try
        {
            // Once for nothing: what the process still has to compile is not what it takes when idle.
            await MeasureAsync(settings, (id, uri) => VirtualClients.Start(uri, id, LabTechnique.WebSocket, clients), address);
            var idle = await MeasureAsync(settings, static (_, _) => null, address);
            var perSecond = idle.Processor / idle.Elapsed;
            run.Processor = run.Processor! with { Idle = Math.Round(perSecond.TotalMilliseconds, 2) };

            foreach (var technique in LabTechniques.All)
            {
                run.Processor = run.Processor! with { Current = technique.ToName() };
                var taken = await MeasureAsync(settings, (id, uri) => VirtualClients.Start(uri, id, technique, clients), address);
                var milliseconds = Math.Max(0, (taken.Processor - (perSecond * taken.Elapsed)).TotalMilliseconds);

                run.Processor = run.Processor! with
                {
                    Techniques = new Dictionary<string, ProcessorFigure>(run.Processor!.Techniques)
                    {
                        [technique.ToName()] = new(
                            taken.Messages,
                            Math.Round(milliseconds, 2),
                            Math.Round(milliseconds / Math.Max(1, taken.Messages) * 1_000, 2)),
                    },
                };
            }

            run.Processor = run.Processor! with { State = "done", Current = null };
        }
        catch (OperationCanceledException)
        {
            run.Processor = run.Processor! with { State = "failed" };
        }
        catch (Exception exception)
        {
            // Nobody waits for this task: the run's report has to tell.
            Log.Failed(logger, exception);
            run.Processor = run.Processor! with { State = "failed" };
        }
        finally
        {
            run.IsResting = false;
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private async Task<(TimeSpan Processor, double Elapsed, long Messages)> MeasureAsync(LabSettings settings, Func<string, Uri, VirtualClients?> start, Uri address)
    {
        var run = runs.BeginVirtual(settings);
        using var clients = start(run.Id, address);

        try
        {
            if (clients is not null)
            {
                await clients.Connected.WaitAsync(TimeSpan.FromSeconds(10), time, lifetime.ApplicationStopping);
            }

            await Task.Delay(WarmUp, time, lifetime.ApplicationStopping);
            var (begunAt, processor, others, messages) = (time.GetTimestamp(), ProcessorClock.OfProcess, clients?.Taken ?? default, clients?.Messages ?? 0);
            await Task.Delay(Duration, time, lifetime.ApplicationStopping);

            if (clients?.Failure is { } failure)
            {
                throw new IOException("The virtual clients have ended before their time.", failure);
            }

            return (
                ProcessorClock.OfProcess - processor - ((clients?.Taken ?? default) - others),
                time.GetElapsedTime(begunAt).TotalSeconds,
                (clients?.Messages ?? 0) - messages);
        }
        finally
        {
            runs.End(run);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The processor time of the lab could not be measured.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
