using System.Buffers;
using Salon.EngineIO.Protocol;

namespace Salon.EngineIO.Transports;

/// <summary>Encodes messages as the body of a response to a poll.</summary>
internal static class PollPayload
{
    public static ReadOnlyMemory<byte> Encode(List<EngineMessage> messages)
    {
        var output = new ArrayBufferWriter<byte>(messages.Sum(static message => message.IsBinary
            ? PayloadWriter.BinaryLength(message.Body.Length) + 1
            : message.Body.Length + 1));

        var writer = new PayloadWriter(output);

        foreach (var message in messages)
        {
            if (message.IsBinary)
            {
                writer.WriteBinary(message.Body.Span);
            }
            else
            {
                writer.WriteText(message.Body.Span);
            }
        }

        return output.WrittenMemory;
    }

    /// <summary>Encodes messages for a client of Engine.IO v3; the payload is binary when one of them is.</summary>
    public static ReadOnlyMemory<byte> EncodeVersion3(List<EngineMessage> messages, out bool isBinary)
    {
        isBinary = messages.Exists(static message => message.IsBinary);

        var output = new ArrayBufferWriter<byte>(messages.Sum(static message => message.Body.Length + OldPayloadWriter.MaxHeaderLength));
        var writer = new OldPayloadWriter(output, isBinary);

        foreach (var message in messages)
        {
            if (message.IsBinary)
            {
                writer.WriteBinary(message.Body.Span);
            }
            else
            {
                writer.WriteText(message.Body.Span);
            }
        }

        return output.WrittenMemory;
    }
}
