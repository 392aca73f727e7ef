using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>The socket of an address, and what the kernel gives of it. One may accept at a time; the rest may be called from any thread.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private readonly Socket _socket;
    private readonly DescriptorReserve _reserve;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public ListeningSocket(EndPoint endPoint)
    {
        _socket = Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

        try
        {
            if (_socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            {
                // What is written leaves without waiting for more of it. The connections inherit that: it need not be said of each.
                _socket.NoDelay = true;
            }

            _socket.Listen(LoopOptions.Backlog);
            EndPoint = _socket.LocalEndPoint ?? endPoint;

            // The loop has a descriptor of its own: that of the framework's socket belongs to the framework.
            Handle = new SocketHandle(Native.Control(_socket.Handle, Native.DuplicateCloseOnExec, 0));
            _reserve = new DescriptorReserve((int)Handle.DangerousGetHandle());
            _socket.Blocking = false;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public EndPoint EndPoint { get; }

    public SocketHandle Handle { get; } = null!;

    /// <summary>Takes the next connection.</summary>
    /// <param name="remote">Who it is.</param>
    /// <param name="error">Why the system gives none; 0 when nobody waits.</param>
    /// <returns><see langword="null"/> when there is none.</returns>
    public unsafe SocketHandle? TryAccept(out EndPoint? remote, out int error)
    {
        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.MaxLength;
        int descriptor;
        remote = null;
        error = 0;

        while ((descriptor = Native.Accept(Handle, address, &length, Native.SocketNonBlocking | Native.CloseOnExec)) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Native.TryAgain:
                    return null;

                // Clients that are gone already.
                case Native.Interrupted or Native.ConnectionAborted or Native.ProtocolError:
                    continue;

                // No descriptors or no memory: connections wait in the backlog until there are some again.
                case var reason:
                    error = reason;
                    return null;
            }
        }

        var handle = new SocketHandle(descriptor);

        if (_reserve.Contains(descriptor))
        {
            handle.Dispose();
            error = Native.TooManyFiles;
            return null;
        }

        remote = SocketAddress.Parse(new ReadOnlySpan<byte>(address, length));
        return handle;
    }

    /// <summary>Which of this machine's addresses a client has connected to.</summary>
    public unsafe EndPoint GetLocalEndPoint(SocketHandle connection)
    {
        if (EndPoint is not IPEndPoint { Address: var bound } || (!bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any)))
        {
            return EndPoint;
        }

        var address = stackalloc byte[SocketAddress.MaxLength];
        var length = SocketAddress.MaxLength;
        return Native.GetSocketName(connection, address, &length) < 0 ? EndPoint : SocketAddress.Parse(new ReadOnlySpan<byte>(address, length)) ?? EndPoint;
    }

    public void Dispose()
    {
        _socket.Dispose();
        Handle?.Dispose();
    }
}
