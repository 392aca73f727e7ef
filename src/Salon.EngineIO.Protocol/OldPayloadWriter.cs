using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>Writes encoded packets as one Engine.IO v3 polling payload, the counterpart of <see cref="OldPayloadReader"/>. Not thread-safe.</summary>
/// <param name="output">Where to.</param>
/// <param name="isBinary">Whether the payload is binary, as it must be when one of its packets is.</param>
public readonly struct OldPayloadWriter(IBufferWriter<byte> output, bool isBinary)
{
    /// <summary>The most that a packet's length takes.</summary>
    public const int MaxHeaderLength = 12;

    /// <summary>Adds a text packet that is encoded already: the type digit, then UTF-8 data.</summary>
    public void WriteText(ReadOnlySpan<byte> packet)
    {
        if (isBinary)
        {
            WriteBinaryHeader(0, packet.Length);
        }
        else
        {
            var header = output.GetSpan(MaxHeaderLength);
            Utf8Formatter.TryFormat(Encoding.UTF8.GetCharCount(packet), header, out var digits);
            header[digits] = (byte)':';
            output.Advance(digits + 1);
        }

        output.Write(packet);
    }

    /// <summary>Adds a binary packet that is encoded already: the type as a byte, then data.</summary>
    public void WriteBinary(ReadOnlySpan<byte> packet)
    {
        WriteBinaryHeader(1, packet.Length);
        output.Write(packet);
    }

    private void WriteBinaryHeader(byte kind, int length)
    {
        var header = output.GetSpan(MaxHeaderLength);
        header[0] = kind;
        Utf8Formatter.TryFormat(length, header[1..], out var digits);

        foreach (ref var digit in header.Slice(1, digits))
        {
            digit -= (byte)'0';
        }

        header[digits + 1] = OldPayloadReader.EndOfLength;
        output.Advance(digits + 2);
    }
}
