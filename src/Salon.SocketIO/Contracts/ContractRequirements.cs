namespace Salon.SocketIO.Contracts;

/// <summary>Why contracts do not work in programs that are trimmed or compiled ahead of time; everything else does.</summary>
internal static class ContractRequirements
{
    public const string Reason = "Contracts are read by reflection and compiled at the start of the program.";
}
