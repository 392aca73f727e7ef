using Salon.Redis.Connections;

namespace Salon.Redis.Requests;

/// <summary>Writes what waits, as much as fits in one write at a time. One for each connection.</summary>
internal sealed class RequestWriter(Stream stream, RequestQueue queue, SentRequests sent, WakeSignal signal)
{
    private const int BufferSize = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];

    /// <summary>Writes until the signal ends or writing fails.</summary>
    public async Task<ConnectionEnd> RunAsync()
    {
        while (await signal.WaitAsync())
        {
            while (queue.Take(BufferSize, out var length) is { } chain)
            {
                // In this order: once they count as sent, the links are not the writer's any more.
                var bytes = Gather(chain, length);
                sent.Add(chain);

                try
                {
                    await stream.WriteAsync(bytes);
                }
                finally
                {
                    queue.Release(length);
                }
            }
        }

        return ConnectionEnd.Stopped;
    }

    private ReadOnlyMemory<byte> Gather(Request chain, int length)
    {
        if (chain.Next is null)
        {
            return chain.Frame;
        }

        var position = 0;

        for (var request = chain; request is not null; request = request.Next)
        {
            request.Frame.CopyTo(_buffer, position);
            position += request.Frame.Length;
        }

        return _buffer.AsMemory(0, length);
    }
}
