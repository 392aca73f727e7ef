using System.Net;
using System.Net.Sockets;

namespace Salon.App.Tests;

/// <summary>
/// Stands before a PostgreSQL and, when told to, passes the next COMMIT on but cuts the connection before its answer, so that whoever asked
/// cannot know whether it happened; or passes no answer on, as a network does that has lost its way.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _cuts;
    private volatile bool _isSilent;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many cuts are still to come.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Whether answers are kept back.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Cuts the next connection that commits.</summary>
    public void CutNextCommit() => Interlocked.Increment(ref _cuts);

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
        client.NoDelay = server.NoDelay = true;
        await server.ConnectAsync(IPAddress.Loopback, _target);
        var link = new Link(client.GetStream(), server.GetStream());

        try
        {
            await Task.WhenAll(AskAsync(link), AnswerAsync(link));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, and with this so is the other.
        }
    }

    private async Task AskAsync(Link link)
    {
        var buffer = new byte[64 * 1024];

        while (!link.IsCut && await link.Client.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _cuts, 0) > 0)
            {
                // First the way back is cut: the answer must not get through.
                link.IsCut = true;
                link.Client.Close();
            }

            await link.Server.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }

        link.Server.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task AnswerAsync(Link link)
    {
        var buffer = new byte[64 * 1024];

        while (await link.Server.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (!link.IsCut && !_isSilent)
            {
                await link.Client.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }

        link.Client.Close();
    }

    private sealed class Link(NetworkStream client, NetworkStream server)
    {
        private volatile bool _isCut;

        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public bool IsCut
        {
            get => _isCut;
            set => _isCut = value;
        }
    }
}
