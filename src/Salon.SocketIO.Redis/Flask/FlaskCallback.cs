namespace Salon.SocketIO.Redis.Flask;

/// <summary>
/// Who waits for the answer to an event, as the one that emits it names it: it gets these back as they were. Immutable.
/// </summary>
/// <param name="Sid">The room that it was emitted to.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Id">The number.</param>
internal sealed record FlaskCallback(RawJson Sid, RawJson Namespace, RawJson Id);
