using System.Net.Sockets;
using System.Net.WebSockets;

namespace Salon.Drills.Clients;

/// <summary>
/// An Engine.IO session over one transport. One task sends, one receives; whoever disposes it ends both. Everything throws a
/// <see cref="WireException"/> when the session is over.
/// </summary>
internal abstract class Wire : IDisposable
{
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _end = new();

    protected CancellationToken End => _end.Token;

    /// <summary>Opens a session.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="isPolling">Whether by polling; otherwise by WebSocket.</param>
    public static async Task<Wire> OpenAsync(Uri server, bool isPolling)
    {
        Wire wire = isPolling ? new PollingWire(server) : new WebSocketWire();

        try
        {
            await TryAsync(() => wire.OpenAsync(server)).WaitAsync(OpeningPatience);
            return wire;
        }
        catch (TimeoutException exception)
        {
            wire.Dispose();
            throw new WireException("It did not open.", exception);
        }
        catch (WireException)
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>Sends packets, together if the transport can.</summary>
    public Task SendAsync(IReadOnlyList<string> packets) => TryAsync(async () =>
    {
        await SendCoreAsync(packets);
        return true;
    });

    /// <summary>Receives the next packets.</summary>
    public Task<string[]> ReceiveAsync() => TryAsync(ReceiveCoreAsync);

    public void Dispose()
    {
        _end.Cancel();
        Close();
    }

    protected abstract Task<bool> OpenAsync(Uri server);

    protected abstract Task SendCoreAsync(IReadOnlyList<string> packets);

    protected abstract Task<string[]> ReceiveCoreAsync();

    protected abstract void Close();

    private static async Task<T> TryAsync<T>(Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (Exception exception) when (exception
            is HttpRequestException or WebSocketException or SocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            throw new WireException("The session is over.", exception);
        }
    }
}
