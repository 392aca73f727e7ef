using System.Globalization;
using System.Text;

namespace Salon.Drills.Reporting;

/// <summary>Writes a report as tables in Markdown.</summary>
internal static class MarkdownReport
{
    private const int ShownViolations = 10;

    public static string Write(DrillReport report)
    {
        var text = new StringBuilder();
        var (options, measured) = (report.Options, report.Measurements);

        AddTable(text, "Drill", "",
        [
            ("Nodes, clients, rooms", $"{options.Nodes}, {options.Clients} (half polling, half WebSocket), {options.Rooms} (each client in {options.RoomsEach})"),
            ("Seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
            ("Messages acknowledged", $"{report.Acknowledged:N0} of {options.Messages:N0} in {Show(report.Writing)}"),
            ("Sent again", $"{measured.Sendings - report.Acknowledged:N0}"),
            ("Delivered", $"{measured.Delivered.Count:N0}"),
            ("Connections made", $"{measured.Connections:N0}"),
            ("Refusals", Show(measured.Refusals)),
            ("Gaps that a client saw and read", $"{measured.Gaps:N0}"),
            ("From sending to acknowledgement, the faults included", Show(measured.Acknowledged)),
            ("From sending to each client, the faults included", Show(measured.Delivered)),
            ("Longest time in which a client got nothing", Show(measured.LongestSilence)),
            ("After the last fault, until every client had everything", Show(report.Healing)),
        ]);
        AddTable(text, "Fault", "Times", report.Faults.GroupBy(static fault => fault.Kind).OrderBy(static kind => kind.Key).Select(static kind => ($"{kind.Key}", $"{kind.Count()}")));
        AddTable(text, "Promise", "Result", report.Checks.Select(static check => (check.Promise, $"{(check.Holds ? "holds" : $"**{check.Violations.Count:N0} violations**")}: {check.Looked}")));

        foreach (var check in report.Checks.Where(static check => !check.Holds))
        {
            text.Append(CultureInfo.InvariantCulture, $"{check.Promise}, but:\n\n");
            check.Violations.Take(ShownViolations).ToList().ForEach(violation => text.Append(CultureInfo.InvariantCulture, $"* {violation}\n"));
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void AddTable(StringBuilder text, string left, string right, IEnumerable<(string Left, string Right)> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {left} | {right} |\n|---|---|\n");

        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Left} | {row.Right} |\n");
        }

        text.Append('\n');
    }

    private static string Show(Histogram times) => $"p50 {Show(times.Percentile(0.5))}, p99 {Show(times.Percentile(0.99))}, longest {Show(times.Max)}";

    private static string Show(TimeSpan time) => time < TimeSpan.FromSeconds(1) ? $"{time.TotalMilliseconds:F0} ms" : $"{time.TotalSeconds:F1} s";

    private static string Show(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderBy(static count => count.Key, StringComparer.Ordinal).Select(static count => $"`{count.Key}` {count.Value:N0}"));
}
