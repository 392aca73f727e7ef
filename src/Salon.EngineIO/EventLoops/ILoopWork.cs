namespace Salon.EngineIO.EventLoops;

/// <summary>Something that a loop does: at the end of a round, or with the first event of a socket.</summary>
internal interface ILoopWork
{
    void Run();
}
