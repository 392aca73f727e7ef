using System.Net.Sockets;
using System.Text;

namespace Salon.App.Lab.Processor;

/// <summary>Socket.IO over WebSocket from the start.</summary>
internal sealed class SocketIOWebSocketClient(Socket socket, string host, string run) : VirtualClient(socket, host, run)
{
    // A text frame that ends a message, and a mask of zeros: the payload stands as it is.
    private const byte TextFrame = 0x81;
    private const byte Masked = 0x80;

    // How the session's handshake begins, right after the WebSocket's.
    private static readonly byte[] s_handshake = "0{\"sid\""u8.ToArray();

    private MarkerSearch _handshakes = new(s_handshake);
    private bool _hasJoined;

    public override void Begin() => Upgrade($"/socket.io/?EIO=4&transport=websocket&lab={Run}.w");

    public override void OnReceived(ReadOnlySpan<byte> bytes)
    {
        Count(bytes);

        if (!_hasJoined && _handshakes.Count(bytes) > 0)
        {
            _hasJoined = true;
            var packet = Encoding.ASCII.GetBytes($$"""40/lab,{"run":"{{Run}}"}""");
            Send([TextFrame, (byte)(Masked | packet.Length), 0, 0, 0, 0, .. packet]);
        }
    }
}
