using Salon.App.Lab.Processor;
using Salon.App.Lab.Traffic;

namespace Salon.App.Lab;

/// <summary>How a run is doing: what <c>GET /lab/runs/{id}</c> answers.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Epoch">Changes when it restarts.</param>
/// <param name="Head">The number of the newest message.</param>
/// <param name="Time">The server's clock, in Unix milliseconds.</param>
/// <param name="Phase"><c>open</c>, <c>cut</c> or <c>restarting</c>.</param>
/// <param name="PhaseLeft">How many milliseconds that lasts.</param>
/// <param name="Settings">How it is set.</param>
/// <param name="Techniques">What each technique has cost.</param>
/// <param name="Page">What the page itself has cost by asking how the run is; no technique pays for it.</param>
/// <param name="Processor">The measurement of processor time, if there was one.</param>
internal sealed record LabReport(
    string Id,
    string Epoch,
    long Head,
    double Time,
    string Phase,
    double PhaseLeft,
    LabSettings Settings,
    IReadOnlyDictionary<string, TrafficReport> Techniques,
    TrafficReport Page,
    ProcessorReport? Processor)
{
    public static LabReport Of(LabRun run, TimeProvider time)
    {
        run.Traffic.Settle();
        var told = run.Messages.Current;
        var (phase, left) = run.Phase;

        return new LabReport(
            run.Id,
            told.Ring.Epoch,
            told.Head,
            TimeOf(time),
            phase.ToName(),
            Math.Ceiling(left.TotalMilliseconds),
            run.Settings,
            LabTechniques.All.ToDictionary(LabTechniques.ToName, technique => run.Traffic[technique].Read()),
            run.Traffic.Page.Read(),
            run.Processor);
    }

    /// <summary>The server's clock, in Unix milliseconds with thousandths.</summary>
    public static double TimeOf(TimeProvider time) => Math.Round((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds, 3);
}
