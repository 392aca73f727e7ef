namespace Salon.App.Lab;

/// <summary>What the readers of a run find.</summary>
internal enum LabPhase
{
    Open,

    /// <summary>The network is cut: messages are made, and nobody gets through.</summary>
    Cut,

    /// <summary>The run's server is away, and will have forgotten everything.</summary>
    Restarting,
}

internal static class LabPhases
{
    public static string ToName(this LabPhase phase) => phase switch
    {
        LabPhase.Open => "open",
        LabPhase.Cut => "cut",
        LabPhase.Restarting => "restarting",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };
}
