using System.Net.Sockets;
using System.Text;

namespace Salon.App.Lab.Processor;

/// <summary>One client that counts messages and does as little else as its technique allows. Belongs to the thread of <see cref="VirtualClients"/>.</summary>
internal abstract class VirtualClient(Socket socket, string host, string run) : IDisposable
{
    // What every message has once, and nothing else has.
    private static readonly byte[] s_marker = "\"seq\":"u8.ToArray();

    private MarkerSearch _messages = new(s_marker);

    public Socket Socket => socket;

    public long Messages { get; private set; }

    protected string Run => run;

    public static VirtualClient Create(LabTechnique technique, Socket socket, string host, string run) => technique switch
    {
        LabTechnique.ShortPolling => new PollingClient(socket, host, run, wait: 0),
        LabTechnique.LongPolling => new PollingClient(socket, host, run, LabLimits.MaxWait),
        LabTechnique.EventStream => new ReceivingClient(socket, host, run, isWebSocket: false),
        LabTechnique.WebSocket => new ReceivingClient(socket, host, run, isWebSocket: true),
        LabTechnique.SocketIOPolling => new SocketIOPollingClient(socket, host, run),
        LabTechnique.SocketIOWebSocket => new SocketIOWebSocketClient(socket, host, run),
        _ => throw new ArgumentOutOfRangeException(nameof(technique), technique, null),
    };

    /// <summary>The connection stands.</summary>
    public abstract void Begin();

    public virtual void OnReceived(ReadOnlySpan<byte> bytes) => Count(bytes);

    /// <summary>Called again and again, some tens of milliseconds apart at most.</summary>
    public virtual void OnTick(long milliseconds)
    {
    }

    public void Dispose() => socket.Dispose();

    protected void Get(string path, string headers = "") => Send($"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");

    protected void Upgrade(string path) => Get(
        path,
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2Fsb24tbGFiLWNsaWVudA==\r\n");

    protected void Post(string path, string body) =>
        Send($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    protected void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    protected void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    /// <summary>Counts messages, also one whose marker comes in two pieces.</summary>
    protected void Count(ReadOnlySpan<byte> bytes) => Messages += _messages.Count(bytes);
}
