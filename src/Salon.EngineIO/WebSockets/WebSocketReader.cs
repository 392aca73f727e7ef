using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using Salon.EngineIO.EventLoops;
using Salon.EngineIO.Fairness;

namespace Salon.EngineIO.WebSockets;

/// <summary>
/// Reads the frames of one client from an upgraded connection (RFC 6455). Limits hold while reading: memory grows with what has
/// arrived, never with what a header announces, and an idle connection holds no buffer at all. Not thread-safe.
/// </summary>
internal sealed class WebSocketReader(Stream stream, IWebSocketReceiver receiver, MessageAssembler assembler)
{
    private const int BufferSize = 4096;

    // What was read at once is counted at once, but a large buffer may hold very many small messages.
    private const int MostAtOnce = 64 * FairTurns.MessageCost;

    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Reads until the client closes, breaks a rule or is gone.</summary>
    public async Task<ReadEnd> ReadToEndAsync()
    {
        try
        {
            while (await FillAsync())
            {
                var cost = 0;

                while (TryTakeFrame(out var header, out var payload, out var violation) || violation is not null)
                {
                    if (violation is { } broken)
                    {
                        return ReadEnd.Violation(broken);
                    }

                    if (header.Opcode == Opcode.Close)
                    {
                        return ReadClose(payload.Span);
                    }

                    if (header.IsControl)
                    {
                        cost += FairTurns.ControlCost;
                        OnControl(header.Opcode, payload.Span);
                    }
                    else if (assembler.Add(header, payload, out var message) is { } status)
                    {
                        return ReadEnd.Violation(status);
                    }
                    else if (message is { } whole)
                    {
                        await receiver.OnMessageAsync(whole.Data, whole.IsBinary);
                        cost += FairTurns.MessageCost + whole.Data.Length;

                        if (receiver.HasFailed)
                        {
                            return ReadEnd.Violation(CloseStatus.ProtocolError);
                        }
                    }

                    if (cost >= MostAtOnce)
                    {
                        await receiver.WaitForTurnAsync(cost);
                        cost = 0;
                    }
                }

                await receiver.WaitForTurnAsync(cost);
            }

            return ReadEnd.Lost;
        }
        catch (Exception exception) when (IsConnectionLost(exception))
        {
            return ReadEnd.Lost;
        }
        finally
        {
            ReturnBuffer();
        }
    }

    /// <summary>
    /// Reads on without looking, until the client closes the connection. Closing it first, with unread data, would make the network
    /// stack reset it, and the close frame might never be seen.
    /// </summary>
    public async Task DiscardAsync()
    {
        _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        try
        {
            while (await stream.ReadAsync(_buffer) > 0)
            {
            }
        }
        catch (Exception exception) when (IsConnectionLost(exception))
        {
            // That is what was waited for.
        }
        finally
        {
            ReturnBuffer();
        }
    }

    private static bool IsConnectionLost(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException;

    private ValueTask<bool> FillAsync() => _start == _end && stream is LoopSocket socket ? FillFirstAsync(socket) : FillFromStreamAsync();

    private async ValueTask<bool> FillFromStreamAsync()
    {
        if (_start == _end)
        {
            // A read of zero bytes completes when there is something to read, and needs no buffer to wait with.
            ReturnBuffer();
            _ = await stream.ReadAsync(Memory<byte>.Empty);
            _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        }
        else
        {
            MakeRoom();
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        _end += read;
        return read > 0;
    }

    private async ValueTask<bool> FillFirstAsync(LoopSocket socket)
    {
        int read;

        do
        {
            // It may wake for nothing, and shall not hold a buffer then until something comes.
            ReturnBuffer();
            _ = await socket.ReadAsync(Memory<byte>.Empty);
            _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        }
        while (!socket.TryRead(_buffer, out read));

        _end = read;
        return read > 0;
    }

    private bool TryTakeFrame(out FrameHeader header, out Memory<byte> payload, out CloseStatus? violation)
    {
        var available = _buffer.AsMemory(_start, _end - _start);
        payload = default;
        violation = null;

        switch (FrameHeader.TryReadClient(available.Span, out header))
        {
            case HeaderStatus.Incomplete:
                return false;

            case HeaderStatus.Invalid:
                violation = CloseStatus.ProtocolError;
                return false;
        }

        violation = assembler.Check(header);

        if (violation is not null || available.Length - header.Length < header.PayloadLength)
        {
            return false;
        }

        payload = available.Slice(header.Length, (int)header.PayloadLength);
        FrameMask.Apply(payload.Span, header.Mask);
        _start += header.Length + payload.Length;
        return true;
    }

    private void OnControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == Opcode.Ping)
        {
            receiver.OnPing(payload);
        }
        else
        {
            receiver.OnPong();
        }
    }

    private static ReadEnd ReadClose(ReadOnlySpan<byte> payload)
    {
        // RFC 6455, section 5.5.1: either nothing, or a status of two bytes and a reason in UTF-8.
        if (payload.IsEmpty)
        {
            return new ReadEnd(ReadEndKind.Closed, CloseStatus.None);
        }

        var status = payload.Length > 1 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0;

        if (!MaySend(status))
        {
            return ReadEnd.Violation(CloseStatus.ProtocolError);
        }

        return Utf8.IsValid(payload[2..]) ? new ReadEnd(ReadEndKind.Closed, (CloseStatus)status) : ReadEnd.Violation(CloseStatus.InvalidPayload);
    }

    /// <summary>
    /// Whether a close frame may hold this status: one that RFC 6455 or its registry defines for the wire (section 7.4.1), or one of those
    /// for libraries and applications (section 7.4.2).
    /// </summary>
    private static bool MaySend(int status) => status is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private void MakeRoom()
    {
        var length = _end - _start;

        if (length * 2 <= _buffer.Length)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_start, _end) = (0, length);
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _start, _end) = ([], 0, 0);
    }
}
