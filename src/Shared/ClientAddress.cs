using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Salon.Http;

/// <summary>
/// What limits count as one client's address: an IPv4 address, also where it is written as IPv6, or the first 64 bits of an IPv6 address,
/// since whoever has one of them has all of them. Behind a proxy the forwarded-headers middleware must be on, or everybody is the proxy.
/// </summary>
internal readonly record struct ClientAddress
{
    private readonly ulong _value;
    private readonly bool _isVersion6;

    private ClientAddress(ulong value, bool isVersion6) => (_value, _isVersion6) = (value, isVersion6);

    /// <param name="address">The address; <see langword="null"/>, as of a Unix socket, is an address like any other.</param>
    public static ClientAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return new ClientAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes), isVersion6: false);
        }

        return address.IsIPv4MappedToIPv6
            ? new ClientAddress(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), isVersion6: false)
            : new ClientAddress(BinaryPrimitives.ReadUInt64BigEndian(bytes), isVersion6: true);
    }

    /// <summary>For logs: the address, or the network of 64 bits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();

        if (!_isVersion6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_value);
            return new IPAddress(bytes[..4]).ToString();
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, _value);
        return new IPAddress(bytes) + "/64";
    }
}
