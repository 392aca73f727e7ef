using System.Net;
using System.Net.Sockets;

namespace Salon.App.Tests.Stocks;

/// <summary>Stands before a server and cuts every connection, when told to, after some more bytes: in the middle of a line, as a network does.</summary>
internal sealed class StreamProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private long _left = long.MaxValue;

    public StreamProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Lets so many bytes through to clients, and then cuts the connection that brings the next.</summary>
    public void CutAfter(int bytes) => Interlocked.Exchange(ref _left, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();

        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient();

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await await Task.WhenAny(AskAsync(client, server), AnswerAsync(server, client));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, and with this so is the other.
        }
    }

    private async Task AskAsync(TcpClient from, TcpClient to) => await from.GetStream().CopyToAsync(to.GetStream(), _stop.Token);

    private async Task AnswerAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[4096];

        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            var left = Interlocked.Add(ref _left, -count) + count;
            await to.GetStream().WriteAsync(buffer.AsMemory(0, (int)Math.Clamp(left, 0, count)), _stop.Token);

            if (left <= count)
            {
                // The next connection gets through again.
                Interlocked.Exchange(ref _left, long.MaxValue);
                return;
            }
        }
    }
}
