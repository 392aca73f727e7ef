using Salon.Drills.Checks;
using Salon.Drills.Faults;

namespace Salon.Drills.Reporting;

/// <summary>What came of a drill.</summary>
internal sealed record DrillReport(
    DrillOptions Options,
    IReadOnlyList<Fault> Faults,
    IReadOnlyList<CheckResult> Checks,
    Measurements Measurements,
    int Acknowledged,
    TimeSpan Writing,
    TimeSpan Healing)
{
    public bool Holds => Checks.All(static check => check.Holds);
}
