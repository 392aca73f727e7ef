using System.Numerics;
using System.Runtime.InteropServices;

namespace Salon.EngineIO.WebSockets;

/// <summary>Takes the mask off what a client sent (RFC 6455, section 5.3).</summary>
internal static class FrameMask
{
    /// <param name="data">The payload of one frame from its first byte; unmasked in place.</param>
    /// <param name="mask">The masking key as it was read, little-endian.</param>
    public static void Apply(Span<byte> data, uint mask)
    {
        if (mask == 0)
        {
            return;
        }

        if (!BitConverter.IsLittleEndian)
        {
            mask = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(mask);
        }

        var vectors = MemoryMarshal.Cast<byte, Vector<uint>>(data);
        var pattern = new Vector<uint>(mask);

        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] ^= pattern;
        }

        // A vector's length is a multiple of four, so what is left starts with the mask's first byte again.
        Span<byte> key = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(key, mask);
        var rest = data[(vectors.Length * Vector<byte>.Count)..];

        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] ^= key[i & 3];
        }
    }
}
