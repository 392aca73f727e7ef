using System.Net.Sockets;

namespace Salon.App.Tests.Stocks;

/// <summary>Stands before a server and cuts every connection, when told to, after some more bytes: in the middle of a line, as a network does.</summary>
internal sealed class StreamProxy(int target) : TestProxy(target)
{
    private long _left = long.MaxValue;

    public Uri Uri => new($"http://127.0.0.1:{Port}");

    /// <summary>Lets so many bytes through to clients, and then cuts the connection that brings the next.</summary>
    public void CutAfter(int bytes) => Interlocked.Exchange(ref _left, bytes);

    protected override async Task CarryAsync(NetworkStream client, NetworkStream server) =>
        await await Task.WhenAny(client.CopyToAsync(server, Stopping), AnswerAsync(server, client));

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];

        while (await from.ReadAsync(buffer, Stopping) is > 0 and var count)
        {
            var left = Interlocked.Add(ref _left, -count) + count;
            await to.WriteAsync(buffer.AsMemory(0, (int)Math.Clamp(left, 0, count)), Stopping);

            if (left <= count)
            {
                // The next connection gets through again.
                Interlocked.Exchange(ref _left, long.MaxValue);
                return;
            }
        }
    }
}
