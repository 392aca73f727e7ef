using System.Buffers.Binary;

namespace Salon.EngineIO.EventLoops;

/// <summary>Reads the kernel's counters of a connection (<c>struct tcp_info</c> in linux/tcp.h, which only ever grows at its end).</summary>
internal static class TcpInfo
{
    private const int OptionsOffset = 5;
    private const int TimestampsOption = 1;
    private const int BytesReceivedOffset = 128;
    private const int SegmentsSentOffset = 136;
    private const int SegmentsReceivedOffset = 140;
    private const int BytesSentOffset = 200;

    // With bytes_sent, which is in Linux 4.19 and later.
    private const int Length = 208;

    /// <summary>Reads them; <see langword="false"/> for a socket that is not of TCP, or on an old kernel.</summary>
    /// <exception cref="ObjectDisposedException">The connection was closed.</exception>
    public static unsafe bool TryRead(SocketHandle handle, out ConnectionTraffic traffic)
    {
        var info = stackalloc byte[Length];
        var length = Length;

        if (Native.GetSocketOption(handle, Native.IPProtocolTcp, Native.TcpInfo, info, &length) < 0 || length < Length)
        {
            traffic = default;
            return false;
        }

        // x64 and Arm64, where event loops run, begin a number with its lowest byte.
        var bytes = new ReadOnlySpan<byte>(info, Length);

        traffic = new ConnectionTraffic(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[BytesReceivedOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[BytesSentOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[SegmentsReceivedOffset..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[SegmentsSentOffset..]),
            (bytes[OptionsOffset] & TimestampsOption) != 0,
            IsOpen: true);
        return true;
    }
}
