namespace Salon.SocketIO;

/// <summary>
/// What happens to the events of a namespace that a client does not read as fast as they are emitted. Each client has a queue of
/// <see cref="EngineIO.EngineIOOptions.MaxSendQueueBytes"/>, which its namespaces share. Volatile events never wait, whatever is chosen.
/// </summary>
public enum SlowClients
{
    /// <summary>A client whose queue is full is closed as too slow, with the reason <c>transport error</c>: it lost something, and learns of it.</summary>
    Close,

    /// <summary>
    /// Events for a client whose queue is full are dropped, and counted. For events whose next one makes up for the last. Questions and answers
    /// are not: for them, the client is closed.
    /// </summary>
    Drop,

    /// <summary>
    /// Events are queued, and the task of <c>EmitAsync</c> completes when at most half of the queue is in use: for everybody whom the event was
    /// for. Who awaits each emit is slowed down to the slowest of them; who does not still fills the queue, and then the client is closed.
    /// </summary>
    Wait,
}
