using System.Buffers;
using System.Text.Unicode;

namespace Salon.EngineIO.WebSockets;

/// <summary>
/// Makes messages of frames: joins fragments, expands what is compressed, checks text and sizes (RFC 6455, section 5.4).
/// Owned by one <see cref="WebSocketReader"/>. It holds memory only between the first and the last fragment of a message.
/// </summary>
internal sealed class MessageAssembler(long maxLength, bool isCompressionAllowed)
{
    private ArrayBufferWriter<byte>? _fragments;
    private Opcode _opcode;
    private bool _isCompressed;

    /// <summary>Whether a frame with this header may come now, and what is broken when it may not.</summary>
    public CloseStatus? Check(in FrameHeader header)
    {
        if (header.IsControl)
        {
            return null;
        }

        var isContinuation = header.Opcode == Opcode.Continuation;

        if (isContinuation != _fragments is not null || (header.IsCompressed && (isContinuation || !isCompressionAllowed)))
        {
            return CloseStatus.ProtocolError;
        }

        return header.PayloadLength > maxLength - (_fragments?.WrittenCount ?? 0) ? CloseStatus.TooBig : null;
    }

    /// <summary>Takes an unmasked frame that was checked.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload.</param>
    /// <param name="message">The message, when the frame completes one.</param>
    /// <returns>What is broken, if anything is.</returns>
    public CloseStatus? Add(in FrameHeader header, ReadOnlyMemory<byte> payload, out AssembledMessage? message)
    {
        message = null;

        if (header.Opcode != Opcode.Continuation)
        {
            (_opcode, _isCompressed) = (header.Opcode, header.IsCompressed);

            if (header.IsFinal)
            {
                return Complete(payload, out message);
            }

            _fragments = new ArrayBufferWriter<byte>();
        }

        // Check has refused a continuation of nothing.
        var fragments = _fragments!;
        fragments.Write(payload.Span);

        if (!header.IsFinal)
        {
            return null;
        }

        _fragments = null;
        return Complete(fragments.WrittenMemory, out message);
    }

    private CloseStatus? Complete(ReadOnlyMemory<byte> data, out AssembledMessage? message)
    {
        message = null;

        if (_isCompressed)
        {
            var inflated = new ArrayBufferWriter<byte>(data.Length * 2 + 1);

            if (!Deflate.TryInflate(data.Span, maxLength, inflated, out var isTooBig))
            {
                return isTooBig ? CloseStatus.TooBig : CloseStatus.InvalidPayload;
            }

            data = inflated.WrittenMemory;
        }

        if (_opcode == Opcode.Text && !Utf8.IsValid(data.Span))
        {
            return CloseStatus.InvalidPayload;
        }

        message = new AssembledMessage(data, _opcode == Opcode.Binary);
        return null;
    }
}
