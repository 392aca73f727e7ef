namespace Salon.EngineIO.Sessions;

/// <summary>Stands in while a session's own handler is being created.</summary>
internal sealed class SilentHandler : IEngineHandler
{
    public static readonly SilentHandler Instance = new();

    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary) => default;

    public void OnClose(CloseReason reason)
    {
    }
}
