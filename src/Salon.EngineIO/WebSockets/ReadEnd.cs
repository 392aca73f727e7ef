namespace Salon.EngineIO.WebSockets;

/// <summary>Why nothing more is read from a WebSocket.</summary>
/// <param name="Kind">Who ended it.</param>
/// <param name="Status">What the close frame said, or which rule was broken.</param>
internal readonly record struct ReadEnd(ReadEndKind Kind, CloseStatus Status)
{
    public static ReadEnd Lost => new(ReadEndKind.Lost, default);

    public static ReadEnd Violation(CloseStatus status) => new(ReadEndKind.Violation, status);
}
