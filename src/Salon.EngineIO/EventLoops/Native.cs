using System.Runtime.InteropServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>The system calls of Linux that an event loop needs. Each returns -1 when it failed; <see cref="Marshal.GetLastPInvokeError"/> says why.</summary>
internal static unsafe partial class Native
{
    public const int CloseOnExec = 0x80000;
    public const int EPollAdd = 1;
    public const uint EPollIn = 0x1;
    public const uint EPollOut = 0x4;
    public const uint EPollError = 0x8;
    public const uint EPollHangUp = 0x10;
    public const uint EPollReadHangUp = 0x2000;
    public const uint EPollEdgeTriggered = 1u << 31;

    public const int SocketNonBlocking = 0x800;
    public const int NoSignal = 0x4000;
    public const int Peek = 2;
    public const int ShutdownSending = 1;
    public const int ShutdownBoth = 2;
    public const int IPProtocolTcp = 6;
    public const int TcpInfo = 11;
    public const int DuplicateCloseOnExec = 1030;
    public const int OpenFilesLimit = 7;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int OutOfMemory = 12;
    public const int TooManyFilesOfSystem = 23;
    public const int TooManyFiles = 24;
    public const int ProtocolError = 71;
    public const int ConnectionAborted = 103;
    public const int NoBufferSpace = 105;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEPoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEPoll(SocketHandle epoll, int operation, SocketHandle socket, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitEPoll(SocketHandle epoll, byte* events, int maxEvents, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd_write", SetLastError = true)]
    public static partial int WriteEvent(SocketHandle @event, ulong value);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SocketHandle listener, byte* address, int* addressLength, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(SocketHandle socket, byte* address, int* addressLength);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(SocketHandle socket, int level, int option, byte* value, int* valueLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SocketHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SocketHandle socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SocketHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(nint descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(nint descriptor);
}
