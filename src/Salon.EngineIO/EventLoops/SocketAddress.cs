using System.Buffers.Binary;
using System.Net;

namespace Salon.EngineIO.EventLoops;

/// <summary>Reads the kernel's <c>struct sockaddr</c>.</summary>
internal static class SocketAddress
{
    public const int MaxLength = 128;

    private const int IPv4 = 2;
    private const int IPv6 = 10;

    /// <returns>The address; <see langword="null"/> when it is not one of IP.</returns>
    public static IPEndPoint? Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
        {
            return null;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

        return BitConverter.ToUInt16(address) switch
        {
            IPv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            IPv6 when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }
}
