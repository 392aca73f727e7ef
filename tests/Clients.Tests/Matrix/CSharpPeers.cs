using Salon.Tests;
using SocketIOClient;
using SocketIOClient.Transport;
using Client = SocketIOClient.SocketIO;

namespace Salon.Clients.Tests.Matrix;

/// <summary>The clients of one check. Disposing disconnects them.</summary>
internal sealed class CSharpPeers(Uri server, string transport) : IAsyncDisposable
{
    private readonly List<Client> _opened = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _opened)
        {
            await client.DisconnectAsync().Soon();
            client.Dispose();
        }
    }

    public async Task<SocketIOResponse> RepeatAsync(params object[] arguments)
    {
        var client = await OpenAsync();
        var repeated = HearAsync(client, "repeated");
        await client.EmitAsync("repeat", arguments);
        return await repeated.Soon();
    }

    public Client Create(string name, object? auth = null, bool reconnects = false)
    {
        var client = new Client(new Uri(server, name), new SocketIOOptions
        {
            Transport = transport == "websocket" ? TransportProtocol.WebSocket : TransportProtocol.Polling,
            AutoUpgrade = transport == "upgrade",
            Auth = auth,
            Reconnection = reconnects,
            ReconnectionDelay = 100,
            ReconnectionDelayMax = 200,
        });
        _opened.Add(client);
        return client;
    }

    public async Task<Client> OpenAsync(string name = "/", object? auth = null)
    {
        var client = Create(name, auth);
        var connected = new TaskCompletionSource();

        // This client's ConnectAsync waits for the connection, but not for the namespace.
        client.OnConnected += (_, _) => connected.TrySetResult();
        await client.ConnectAsync().Soon();
        await connected.Task.Soon();
        return client;
    }

    public static Task<SocketIOResponse> HearAsync(Client client, string name)
    {
        var heard = new TaskCompletionSource<SocketIOResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.On(name, response => heard.TrySetResult(response));
        return heard.Task;
    }

    public static async Task<SocketIOResponse> AskAsync(Client client, string name, params object[] arguments)
    {
        var answer = new TaskCompletionSource<SocketIOResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        await client.EmitAsync(name, response => answer.TrySetResult(response), arguments);
        return await answer.Task.Soon();
    }
}
