using Salon.Drills.Faults;
using Salon.Drills.Reporting;

namespace Salon.Drills.Tests;

/// <summary>Each fault once. The big drill is in <c>docs/operations/failure-drills.md</c>.</summary>
public class ShortDrillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_goes_wrong_nothing_acknowledged_is_lost_nothing_comes_twice_and_a_room_has_one_order()
    {
        var options = new DrillOptions
        {
            Messages = 4_000,
            Clients = 20,
            Seed = 20_261_121,
            Faults = Enum.GetValues<FaultKind>(),
            FaultInterval = TimeSpan.FromSeconds(0.9),
            Rounds = 1,
        };

        var report = await DrillRun.RunAsync(options, output.WriteLine);

        Assert.True(report.Holds, MarkdownReport.Write(report));
        Assert.Equal(options.Faults.Order(), report.Faults.Select(static fault => fault.Kind).Order());
        output.WriteLine(MarkdownReport.Write(report));
    }
}
