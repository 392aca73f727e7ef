namespace Salon.App.Lab.Processor;

/// <summary>A measurement of what each technique costs the server's processor. Immutable.</summary>
/// <param name="State"><c>running</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="Clients">How many virtual clients there were.</param>
/// <param name="Rate">How many messages a second each got.</param>
/// <param name="Idle">What the process took each second with no client at all, in milliseconds of processor time; it is subtracted.</param>
/// <param name="Current">The technique that is being measured.</param>
/// <param name="Techniques">What was found so far.</param>
internal sealed record ProcessorReport(
    string State,
    int Clients,
    int Rate,
    double? Idle,
    string? Current,
    IReadOnlyDictionary<string, ProcessorFigure> Techniques);

/// <summary>What one technique cost.</summary>
/// <param name="Messages">How many messages all clients got together.</param>
/// <param name="Milliseconds">The processor time of the server for that.</param>
/// <param name="PerThousand">The same for a thousand messages.</param>
internal sealed record ProcessorFigure(long Messages, double Milliseconds, double PerThousand);
