using System.Buffers;
using System.Net.WebSockets;
using System.Text;

namespace Salon.Drills.Clients;

/// <summary>A session by WebSocket.</summary>
internal sealed class WebSocketWire : Wire
{
    private readonly ClientWebSocket _socket = new() { Options = { KeepAliveInterval = TimeSpan.Zero, Proxy = null } };
    private readonly ArrayBufferWriter<byte> _message = new(16 * 1024);

    protected override async Task<bool> OpenAsync(Uri server)
    {
        await _socket.ConnectAsync(new Uri($"ws://{server.Authority}/socket.io/?EIO=4&transport=websocket"), End);
        await ReceiveCoreAsync();
        return true;
    }

    protected override async Task SendCoreAsync(IReadOnlyList<string> packets)
    {
        foreach (var packet in packets)
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, endOfMessage: true, End);
        }
    }

    protected override async Task<string[]> ReceiveCoreAsync()
    {
        _message.ResetWrittenCount();

        while (true)
        {
            var result = await _socket.ReceiveAsync(_message.GetMemory(4096), End);

            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new WireException("The server has closed.");
            }

            _message.Advance(result.Count);

            if (result.EndOfMessage)
            {
                return [Encoding.UTF8.GetString(_message.WrittenSpan)];
            }
        }
    }

    protected override void Close() => _socket.Dispose();
}
