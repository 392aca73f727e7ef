using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Salon.Drills.Network;

/// <summary>
/// Stands before a server and passes on what comes, unless told to delay it, to hold it back, or to cut the connections. Its port stays when
/// the server moves. Thread-safe.
/// </summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<ProxyLink, Task> _links = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile int _target;
    private volatile bool _isRefusing;

    public Proxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The conditions of the network, for what passes from now on.</summary>
    public Weather Weather { get; } = new();

    /// <summary>The server's port from now on.</summary>
    public void MoveTo(int target) => _target = target;

    /// <summary>Cuts all connections, and those that come while it is refusing.</summary>
    public void Cut()
    {
        _isRefusing = true;

        foreach (var link in _links.Keys)
        {
            link.Cut();
        }
    }

    /// <summary>Takes connections again.</summary>
    public void Mend() => _isRefusing = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Cut();
        await Task.WhenAll(_links.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var link = new ProxyLink(await _listener.AcceptSocketAsync(_stop.Token), Weather);
                var serving = new TaskCompletionSource();
                _links.TryAdd(link, serving.Task);

                if (_isRefusing)
                {
                    link.Cut();
                }

                _ = ServeAsync(link, serving);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(ProxyLink link, TaskCompletionSource serving)
    {
        try
        {
            await link.RunAsync(_target, _stop.Token);
        }
        finally
        {
            _links.TryRemove(link, out _);
            serving.SetResult();
        }
    }
}
