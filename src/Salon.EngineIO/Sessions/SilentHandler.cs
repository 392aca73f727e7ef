namespace Salon.EngineIO.Sessions;

/// <summary>Stands in where a session's own handler could not be created.</summary>
internal sealed class SilentHandler : IEngineHandler
{
    public static readonly SilentHandler Instance = new();

    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary) => default;

    public void OnClose(CloseReason reason)
    {
    }
}
