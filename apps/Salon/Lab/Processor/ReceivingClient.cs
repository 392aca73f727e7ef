using System.Net.Sockets;

namespace Salon.App.Lab.Processor;

/// <summary>Asks once, and then only receives: server-sent events and WebSocket.</summary>
internal sealed class ReceivingClient(Socket socket, string host, string run, bool isWebSocket) : VirtualClient(socket, host, run)
{
    public override void Begin()
    {
        if (isWebSocket)
        {
            Upgrade($"/lab/runs/{Run}/ws");
        }
        else
        {
            Get($"/lab/runs/{Run}/stream");
        }
    }
}
