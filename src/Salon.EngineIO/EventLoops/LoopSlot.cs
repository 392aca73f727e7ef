namespace Salon.EngineIO.EventLoops;

/// <summary>A place in the table of a loop, which the kernel repeats with every event.</summary>
/// <param name="Index">Which place.</param>
/// <param name="Generation">The how manieth socket in this place: an event of an earlier one is too late.</param>
internal readonly record struct LoopSlot(int Index, int Generation)
{
    public static LoopSlot FromData(ulong data) => new((int)(uint)data, (int)(data >> 32));

    public ulong ToData() => (uint)Index | ((ulong)(uint)Generation << 32);
}
