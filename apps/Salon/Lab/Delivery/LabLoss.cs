namespace Salon.App.Lab.Delivery;

/// <summary>Which messages the artificial loss hits: as good as chance, and the same each time it is asked.</summary>
internal static class LabLoss
{
    public static bool Hits(long sequence, int perThousand) => perThousand > 0 && (int)(Mix((ulong)sequence) % 1_000) < perThousand;

    // The finaliser of SplitMix64: neighbouring numbers come out far apart.
    private static ulong Mix(ulong value)
    {
        value = unchecked(value * 0x9E3779B97F4A7C15);
        value = unchecked((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9);
        value = unchecked((value ^ (value >> 27)) * 0x94D049BB133111EB);
        return value ^ (value >> 31);
    }
}
