namespace Salon.Redis.Routing;

/// <summary>Which slot of a cluster a key belongs to: CRC16 (XMODEM) of the key, or of what is in its first braces.</summary>
internal static class KeySlot
{
    public const int Count = 16384;

    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');

        // Empty braces do not count, and neither does the second pair.
        if (open >= 0 && key[(open + 1)..].IndexOf((byte)'}') is > 0 and var length)
        {
            key = key.Slice(open + 1, length);
        }

        ushort crc = 0;

        foreach (var value in key)
        {
            crc = (ushort)((crc << 8) ^ Table[((crc >> 8) ^ value) & 0xff]);
        }

        return crc % Count;
    }

    private static ushort Remainder(int value)
    {
        var crc = (ushort)(value << 8);

        for (var bit = 0; bit < 8; bit++)
        {
            crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1);
        }

        return crc;
    }
}
