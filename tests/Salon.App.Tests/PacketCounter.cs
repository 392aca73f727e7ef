using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Counts the IP packets from and to a port of this machine, as a capture does. Takes the rights of root.</summary>
internal sealed class PacketCounter : IDisposable
{
    // ETH_P_IP in network order: what comes in, each packet once.
    private const ProtocolType IP = (ProtocolType)0x0008;

    private const int Tcp = 6;

    private readonly ConcurrentDictionary<int, Count> _byPort = [];
    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly int _port;

    private PacketCounter(Socket socket, int port)
    {
        (_socket, _port) = (socket, port);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Everything, however it was divided.</summary>
    public Count All => Sum(_byPort.Keys);

    /// <summary>Begins to count; the test is skipped where it may not.</summary>
    public static PacketCounter Start(int port)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Packets can be counted by root on Linux only.");
        return new PacketCounter(new Socket(AddressFamily.Packet, SocketType.Dgram, IP) { ReceiveBufferSize = 8 * 1024 * 1024, ReceiveTimeout = 100 }, port);
    }

    /// <summary>What went to and from these ports of clients.</summary>
    public Count Sum(IEnumerable<int> ports) => ports
        .Select(port => _byPort.GetValueOrDefault(port))
        .Aggregate(default(Count), static (sum, next) => new Count(sum.Packets + next.Packets, sum.Bytes + next.Bytes));

    /// <summary>Waits until everything is counted that has come: on a busy machine that may be later than the answer that it was for.</summary>
    public async Task CatchUpAsync()
    {
        using var marker = new TcpClient();
        await marker.ConnectAsync(IPAddress.Loopback, _port);
        var port = ((IPEndPoint)marker.Client.LocalEndPoint!).Port;
        await Eventually.Async("a packet that came later is counted", () => _byPort.ContainsKey(port));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        var packet = new byte[70_000];

        while (true)
        {
            try
            {
                OnPacket(packet.AsSpan(0, _socket.Receive(packet)));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TimedOut)
            {
                // Nothing came for a moment.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void OnPacket(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 40 || packet[9] != Tcp)
        {
            return;
        }

        var header = packet[((packet[0] & 15) * 4)..];
        var (source, target) = (BinaryPrimitives.ReadUInt16BigEndian(header), BinaryPrimitives.ReadUInt16BigEndian(header[2..]));

        if (source == _port || target == _port)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
            _byPort.AddOrUpdate(source == _port ? target : source, new Count(1, length), (_, count) => new Count(count.Packets + 1, count.Bytes + length));
        }
    }

    internal readonly record struct Count(long Packets, long Bytes);
}
