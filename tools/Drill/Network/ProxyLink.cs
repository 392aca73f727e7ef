using System.Net;
using System.Net.Sockets;

namespace Salon.Drills.Network;

/// <summary>One connection through the proxy. Cut from any thread; otherwise used by the proxy's task.</summary>
internal sealed class ProxyLink(Socket client, Weather weather)
{
    private readonly CancellationTokenSource _cut = new();

    /// <summary>Ends the connection without a goodbye.</summary>
    public void Cut() => _cut.Cancel();

    public async Task RunAsync(int target, CancellationToken stop)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, stop);
        using var accepted = client;
        client.NoDelay = server.NoDelay = true;

        try
        {
            await weather.PassAsync(Flow.ToServer, both.Token);
            await server.ConnectAsync(IPAddress.Loopback, target, both.Token);
            await Task.WhenAll(PumpAsync(client, server, Flow.ToServer, both.Token), PumpAsync(server, client, Flow.ToClient, both.Token));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, or cut; with the reset, the other hears of it at once.
            Reset(client);
            Reset(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Flow flow, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];

        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await weather.PassAsync(flow, cancellationToken);

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
                }
            }

            await weather.PassAsync(flow, cancellationToken);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // What breaks one way breaks the other.
            await _cut.CancelAsync();
            throw;
        }
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
