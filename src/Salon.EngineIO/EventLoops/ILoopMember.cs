namespace Salon.EngineIO.EventLoops;

/// <summary>Something whose descriptor a loop watches.</summary>
internal interface ILoopMember
{
    /// <summary>Called on the loop's thread when the state of the descriptor changed; once for each change (edge-triggered).</summary>
    void OnEvents(uint events);

    /// <summary>The loop ends, and nobody watches the descriptor any more.</summary>
    void Abort();
}
