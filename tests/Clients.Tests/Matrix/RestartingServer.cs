using System.Threading.Channels;
using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary>A <see cref="ScenarioServer"/> for clients of every version that starts again, on the same port, when a client asks for it.</summary>
internal sealed class RestartingServer : IAsyncDisposable
{
    private readonly Channel<bool> _requests = Channel.CreateUnbounded<bool>();
    private TestServer? _server;

    public string Address => _server!.Uri.ToString().TrimEnd('/');

    public static async Task<RestartingServer> StartAsync()
    {
        var server = new RestartingServer();
        await server.StartAsync(port: 0);
        return server;
    }

    /// <summary>Starts again as often as it is asked to, until the task has ended.</summary>
    public async Task RestartUntilAsync(Task end)
    {
        while (await Task.WhenAny(end, _requests.Reader.WaitToReadAsync().AsTask()) != end)
        {
            await _requests.Reader.ReadAsync();
            var port = _server!.Uri.Port;
            var stopping = _server;
            _server = null;
            await stopping.DisposeAsync();
            await StartAsync(port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    // Often, because python-engineio may forget to say that it goes, and then waits for the end of its poll. Patiently: the machine may be busy.
    private async Task StartAsync(int port) => _server = await ScenarioServer.StartAsync(
        allowsOldClients: true,
        pingInterval: TimeSpan.FromSeconds(1),
        pingTimeout: TimeSpan.FromSeconds(20),
        port: port,
        restart: () => _requests.Writer.TryWrite(true));
}
