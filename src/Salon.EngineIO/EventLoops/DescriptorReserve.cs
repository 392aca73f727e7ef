namespace Salon.EngineIO.EventLoops;

/// <summary>
/// The last descriptors of the process, which connections do not get: without any, the runtime cannot start a thread or load an assembly, and
/// ends the process.
/// </summary>
/// <param name="first">The number of a descriptor that was opened before all connections.</param>
internal readonly struct DescriptorReserve(int first)
{
    private const ulong MaxCount = 32;

    /// <summary>Whether a connection has a descriptor of the reserve. The system gives the lowest number that is free.</summary>
    public bool Contains(int descriptor)
    {
        var limit = GetLimit();
        var own = limit > (ulong)first ? limit - (ulong)first : 0;

        // Where there are few, a quarter of them; the limit may change while the process runs.
        return (ulong)descriptor >= limit - Math.Min(MaxCount, own / 4);
    }

    private static unsafe ulong GetLimit()
    {
        var softAndHard = stackalloc ulong[2];
        return Native.GetLimit(Native.OpenFilesLimit, softAndHard) < 0 ? ulong.MaxValue : softAndHard[0];
    }
}
