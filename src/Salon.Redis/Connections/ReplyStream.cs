using Salon.Redis.Protocol;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Connections;

/// <summary>The replies of one connection, and the buffer that they arrive in. Used by one thread at a time.</summary>
internal sealed class ReplyStream(Stream stream, RespLimits limits)
{
    // Must hold a whole line, so that one that is cut can be looked at again.
    private const int BufferSize = 2 * RespLimits.MaxLine;

    private readonly RespReader _reader = new(limits);
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;

    /// <inheritdoc cref="RespReader.Error"/>
    public string? Error => _reader.Error;

    private ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Waits for more bytes.</summary>
    /// <returns>Their number, which is to be told to <see cref="Advance"/>; 0 at the end.</returns>
    public ValueTask<int> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (_start > 0)
        {
            Rest.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        return stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
    }

    public void Advance(int count) => _end += count;

    /// <summary>The next reply, if it has arrived.</summary>
    public ReadStatus TryRead(out RedisReply? reply)
    {
        var status = _reader.Read(Rest, out var consumed, out reply);
        _start += consumed;
        return status;
    }

    /// <summary>The next reply, if it is a message of a channel and has arrived in one piece: it is not copied then.</summary>
    public bool TryReadMessage(out MessageFrame message)
    {
        message = default;

        if (!_reader.IsBetweenReplies || !MessageFrame.TryRead(_buffer.AsMemory(_start, _end - _start), out message, out var length))
        {
            return false;
        }

        _start += length;
        return true;
    }

    /// <summary>The next reply, waiting for it.</summary>
    /// <exception cref="IOException">The connection has ended, or what comes is no RESP.</exception>
    public async Task<RedisReply> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (TryRead(out var reply))
            {
                // Nothing was asked for that is pushed.
                case ReadStatus.Complete when reply!.Kind == RedisReplyKind.Push:
                    continue;
                case ReadStatus.Complete:
                    return reply;
                case ReadStatus.Invalid:
                    throw new IOException(ConnectionEnd.NotRedis(Error!).Description);
            }

            var count = await ReceiveAsync(cancellationToken);
            Advance(count);

            if (count == 0)
            {
                throw new IOException(ConnectionEnd.ClosedByServer.Description);
            }
        }
    }
}
