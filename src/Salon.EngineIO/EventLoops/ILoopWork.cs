namespace Salon.EngineIO.EventLoops;

/// <summary>Something that a loop does at the end of a round.</summary>
internal interface ILoopWork
{
    void Run();
}
