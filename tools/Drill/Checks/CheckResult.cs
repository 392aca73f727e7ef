namespace Salon.Drills.Checks;

/// <summary>What a check has found.</summary>
/// <param name="Promise">What should hold.</param>
/// <param name="Looked">At how much the check has looked.</param>
/// <param name="Violations">Where it does not hold.</param>
internal sealed record CheckResult(string Promise, string Looked, IReadOnlyList<string> Violations)
{
    public bool Holds => Violations.Count == 0;

    public static CheckResult Of(string promise, string looked, IEnumerable<string> violations) => new(promise, looked, [.. violations]);
}
