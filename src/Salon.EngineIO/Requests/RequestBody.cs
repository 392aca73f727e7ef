using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Salon.Http;
using Salon.Timing;

namespace Salon.EngineIO.Requests;

/// <summary>
/// The body of a POST in one pooled block that grows with what arrives, up to the limit and never beyond, and as long as those of its address
/// and of all together leave room for it. It may come as slowly as it likes and pause, but not for ever: as a deadline, it is the time that it
/// may take as a whole. Disposing returns the block.
/// </summary>
internal sealed class RequestBody(long maxLength, EngineServer server) : Deadline, IDisposable
{
    private const int InitialSize = 4096;

    // Nearly all bodies are smaller, and are not worth counting: there are at most as many as sessions.
    private const int SmallSize = 16 * 1024;

    // Only of one that does not come at once.
    private Lock? _timing;
    private PipeReader? _reader;
    private IPAddress? _address;
    private int _counted;
    private byte[] _buffer = [];
    private int _length;

    /// <summary>What was read; valid until disposal.</summary>
    public ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, _length);

    /// <param name="context">The request.</param>
    /// <param name="session">The session that hears of it when something comes, since that is a sign of life; none when it is elsewhere.</param>
    public async ValueTask<BodyStatus> ReadAsync(HttpContext context, EngineSession? session = null)
    {
        if (context.Request.ContentLength > maxLength)
        {
            return BodyStatus.TooLarge;
        }

        LiftLimits(context.Features);

        // Of a request that another server forwards, the session knows it.
        _address = session is null ? context.Connection.RemoteIpAddress : session.Handshake.RemoteAddress;
        _reader = context.Request.BodyReader;

        try
        {
            return await ReadToEndAsync(_reader, session);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return BodyStatus.Aborted;
        }
        finally
        {
            StopTiming();
        }
    }

    public void Dispose()
    {
        ReturnBuffer();

        if (_counted > 0)
        {
            server.Bodies.Remove(ClientAddress.Of(_address), _counted);
            _counted = 0;
        }
    }

    protected internal override void OnDue()
    {
        lock (_timing!)
        {
            // Once it is read, the reader may be that of the connection's next request.
            _reader?.CancelPendingRead();
        }
    }

    private async ValueTask<BodyStatus> ReadToEndAsync(PipeReader reader, EngineSession? session)
    {
        while (true)
        {
            var reading = reader.ReadAsync();

            if (!reading.IsCompleted && _timing is null)
            {
                _timing = new Lock();
                server.Deadlines.Schedule(this, server.Options.UploadTimeout);
            }

            var result = await reading;

            if (result.IsCanceled)
            {
                reader.AdvanceTo(result.Buffer.Start);
                return BodyStatus.TooSlow;
            }

            var length = result.Buffer.Length;
            var fits = _length + length <= maxLength;
            var hasRoom = !fits || TryAppend(result.Buffer);

            reader.AdvanceTo(result.Buffer.End);
            session?.OnAlive();

            if (!hasRoom)
            {
                return BodyStatus.NoRoom;
            }

            if (session is not null && !result.IsCompleted)
            {
                await session.WaitForTurnAsync((int)length);
            }

            if (!fits || result.IsCompleted)
            {
                return fits ? BodyStatus.Complete : BodyStatus.TooLarge;
            }
        }
    }

    private void StopTiming()
    {
        if (_timing is null)
        {
            return;
        }

        lock (_timing)
        {
            _reader = null;
        }

        server.Deadlines.Cancel(this);
    }

    private static void LiftLimits(IFeatureCollection features)
    {
        // The server's own limit would come first where it is the smaller one, and with another answer.
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } sizeLimit)
        {
            sizeLimit.MaxRequestBodySize = null;
        }

        // A phone in a tunnel sends nothing for seconds, and is alive. HTTP/2 lets it be set, but not be read.
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private bool TryAppend(in ReadOnlySequence<byte> data)
    {
        var length = _length + (int)data.Length;

        if (length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(InitialSize, length), _buffer.Length * 2));

            if (!TryCount(larger.Length))
            {
                ArrayPool<byte>.Shared.Return(larger);
                return false;
            }

            Data.CopyTo(larger);
            ReturnBuffer();
            _buffer = larger;
        }

        data.CopyTo(_buffer.AsSpan(_length));
        _length = length;
        return true;
    }

    private bool TryCount(int size)
    {
        if (size <= SmallSize)
        {
            return true;
        }

        if (server.Bodies.TryAdd(ClientAddress.Of(_address), size - _counted) != AddressVerdict.Counted)
        {
            return false;
        }

        _counted = size;
        return true;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
