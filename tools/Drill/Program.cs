// Lets a cluster of the app go through failures, and checks that nothing is lost, nothing comes twice, and all agree on the order.
using Salon.Drills;
using Salon.Drills.Reporting;

DrillOptions options;

try
{
    options = DrillOptions.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n{DrillOptions.Usage}");
    return 2;
}

var report = await DrillRun.RunAsync(options, Console.Error.WriteLine);
var text = MarkdownReport.Write(report);
Console.Write(text);

if (options.Report is { } file)
{
    await File.WriteAllTextAsync(file, text);
}

return report.Holds ? 0 : 1;
