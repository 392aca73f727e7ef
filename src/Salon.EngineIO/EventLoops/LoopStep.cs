namespace Salon.EngineIO.EventLoops;

/// <summary>One thing for a loop to do: an event of a member, a socket whose turn it is again, or work of the round's end.</summary>
internal readonly record struct LoopStep(uint Events, LoopSlot Slot, LoopSocket? Postponed, ILoopWork? Work);
