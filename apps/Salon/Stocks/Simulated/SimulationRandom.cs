namespace Salon.App.Stocks.Simulated;

/// <summary>
/// Random numbers by name instead of in a row: the same seed, step and use give the same number, whoever asks and whatever was asked before.
/// So any node can go on with the market at any step.
/// </summary>
internal readonly struct SimulationRandom(long seed, long step)
{
    private readonly ulong _state = Mix(Mix((ulong)seed) ^ (ulong)step);

    /// <summary>Evenly between 0, included, and 1, excluded.</summary>
    public double Even(int use) => (Mix(_state + ((ulong)use * 0x9E3779B97F4A7C15)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Normally distributed around 0, with a deviation of 1 (Box and Muller). Takes two uses.</summary>
    public double Normal(int use) => Math.Sqrt(-2 * Math.Log(1 - Even(use))) * Math.Cos(2 * Math.PI * Even(use + 1));

    // SplitMix64.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
