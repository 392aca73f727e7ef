namespace Salon.EngineIO;

/// <summary>The names of the transports.</summary>
public static class EngineTransportExtensions
{
    /// <summary>The transport's name in queries and in the handshake: <c>polling</c> or <c>websocket</c>.</summary>
    public static string ToName(this EngineTransport transport) => transport switch
    {
        EngineTransport.Polling => "polling",
        EngineTransport.WebSocket => "websocket",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, null),
    };

    internal static bool TryParse(string? name, out EngineTransport transport)
    {
        transport = name switch
        {
            "polling" => EngineTransport.Polling,
            "websocket" => EngineTransport.WebSocket,
            _ => EngineTransport.None,
        };

        return transport != EngineTransport.None;
    }
}
