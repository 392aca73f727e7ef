using Microsoft.Win32.SafeHandles;

namespace Salon.EngineIO.EventLoops;

/// <summary>
/// The descriptor of a socket, or of what watches sockets. A call in progress keeps it from being closed, so that its number cannot become that of another client's
/// connection under the call's feet.
/// </summary>
internal sealed class SocketHandle : SafeHandleMinusOneIsInvalid
{
    public SocketHandle(int descriptor)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    protected override bool ReleaseHandle() => Native.Close(handle) == 0;
}
