using System.Net.Sockets;
using System.Text.Json;

namespace Salon.App.Lab.Processor;

/// <summary>Socket.IO over polling: a session is opened, the namespace joined, and then asked again and again.</summary>
internal sealed class SocketIOPollingClient(Socket socket, string host, string run) : RequestingClient(socket, host, run)
{
    private string _session = "";

    private string Path => $"/socket.io/?EIO=4&transport=polling&lab={Run}.p{_session}";

    public override void Begin() => Get(Path);

    protected override void OnResponse(string body)
    {
        if (_session.Length > 0)
        {
            // The answer to the POST, or to a GET: there is one request at a time.
            Get(Path);
            return;
        }

        // "0" and the handshake.
        using var handshake = JsonDocument.Parse(body.AsMemory(1));
        _session = $"&sid={handshake.RootElement.GetProperty("sid").GetString()}";
        Post(Path, $$"""40/lab,{"run":"{{Run}}"}""");
    }
}
