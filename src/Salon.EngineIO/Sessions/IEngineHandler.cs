namespace Salon.EngineIO;

/// <summary>
/// Receives what one client sends: the storey above Engine.IO. Created for each session; the session calls one method at a time,
/// except <see cref="OnClose"/>, which may come at any moment, also from inside <see cref="OnMessageAsync"/>. What a method throws is logged, and
/// ends nothing: the session goes on with the next message.
/// </summary>
public interface IEngineHandler
{
    /// <summary>A message came. The session reads nothing more until the returned task completes, so waiting here slows the client down.</summary>
    /// <param name="data">UTF-8 text or binary data; valid only until the returned task completes.</param>
    /// <param name="isBinary">Whether the data is binary.</param>
    ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary);

    /// <summary>The session ended. Called once, and never before the handler was created; no message follows, but one may be in progress.</summary>
    void OnClose(CloseReason reason);
}
