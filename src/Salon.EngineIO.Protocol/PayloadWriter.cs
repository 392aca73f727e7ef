using System.Buffers;
using System.Buffers.Text;

namespace Salon.EngineIO.Protocol;

/// <summary>Writes encoded packets as one polling payload, the counterpart of <see cref="PayloadReader"/>. Not thread-safe.</summary>
public struct PayloadWriter(IBufferWriter<byte> output)
{
    private bool _hasPackets;

    /// <summary>Adds a text packet that is encoded already: the type digit, then UTF-8 data.</summary>
    public void WriteText(ReadOnlySpan<byte> packet)
    {
        WriteSeparator();
        output.Write(packet);
    }

    /// <summary>Adds a binary message.</summary>
    public void WriteBinary(ReadOnlySpan<byte> data)
    {
        WriteSeparator();

        var span = output.GetSpan(1 + Base64.GetMaxEncodedToUtf8Length(data.Length));
        span[0] = PayloadReader.BinaryPrefix;
        Base64.EncodeToUtf8(data, span[1..], out _, out var written);
        output.Advance(1 + written);
    }

    /// <summary>How many bytes a binary message takes in a payload, without the separator.</summary>
    public static int BinaryLength(int dataLength) => 1 + Base64.GetMaxEncodedToUtf8Length(dataLength);

    private void WriteSeparator()
    {
        if (_hasPackets)
        {
            output.Write([PayloadReader.Separator]);
        }

        _hasPackets = true;
    }
}
