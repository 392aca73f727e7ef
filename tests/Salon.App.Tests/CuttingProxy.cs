using System.Net.Sockets;

namespace Salon.App.Tests;

/// <summary>
/// Stands before a PostgreSQL and, when told to, passes the next COMMIT on but cuts the connection before its answer, so that whoever asked
/// cannot know whether it happened; or passes no answer on, as a network does that has lost its way.
/// </summary>
internal sealed class CuttingProxy(int target) : TestProxy(target)
{
    private int _cuts;
    private volatile bool _isSilent;

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

    protected override Task CarryAsync(NetworkStream client, NetworkStream server)
    {
        var link = new Link(client, server);
        return Task.WhenAll(AskAsync(link), AnswerAsync(link));
    }

    private async Task AskAsync(Link link)
    {
        var buffer = new byte[64 * 1024];

        while (!link.IsCut && await link.Client.ReadAsync(buffer, Stopping) is > 0 and var count)
        {
            if (buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _cuts, 0) > 0)
            {
                // First the way back is cut: the answer must not get through.
                link.IsCut = true;
                link.Client.Close();
            }

            await link.Server.WriteAsync(buffer.AsMemory(0, count), Stopping);
        }

        link.Server.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task AnswerAsync(Link link)
    {
        var buffer = new byte[64 * 1024];

        while (await link.Server.ReadAsync(buffer, Stopping) is > 0 and var count)
        {
            if (!link.IsCut && !_isSilent)
            {
                await link.Client.WriteAsync(buffer.AsMemory(0, count), Stopping);
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
