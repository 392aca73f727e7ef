using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Salon.EngineIO.Requests;

/// <summary>
/// The body of a POST in one pooled block that grows with what arrives, up to the limit and never beyond. Disposing returns the block.
/// </summary>
internal sealed class RequestBody(long maxLength) : IDisposable
{
    private const int InitialSize = 4096;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>What was read; valid until disposal.</summary>
    public ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, _length);

    public async ValueTask<BodyStatus> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > maxLength)
        {
            return BodyStatus.TooLarge;
        }

        // The server's own limit would come first where it is the smaller one, and with another answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } sizeLimit)
        {
            sizeLimit.MaxRequestBodySize = null;
        }

        try
        {
            while (true)
            {
                MakeRoom();
                var read = await context.Request.Body.ReadAsync(_buffer.AsMemory(_length), context.RequestAborted);

                if (read == 0)
                {
                    return BodyStatus.Complete;
                }

                _length += read;

                if (_length > maxLength)
                {
                    return BodyStatus.TooLarge;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return BodyStatus.Aborted;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void MakeRoom()
    {
        if (_length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialSize, _buffer.Length * 2));
        Data.CopyTo(larger);
        Dispose();
        _buffer = larger;
    }
}
