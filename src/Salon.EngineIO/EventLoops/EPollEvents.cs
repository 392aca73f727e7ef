using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Salon.EngineIO.EventLoops;

/// <summary>An array of the kernel's <c>struct epoll_event</c>, which is packed on x86-64 and nowhere else.</summary>
internal sealed class EPollEvents(int capacity)
{
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Size = DataOffset + sizeof(ulong);

    private readonly byte[] _bytes = GC.AllocateArray<byte>(capacity * Size, pinned: true);

    public int Capacity => capacity;

    public static unsafe int Add(SocketHandle epoll, SocketHandle socket, uint events, LoopSlot slot)
    {
        var @event = stackalloc byte[Size];
        Unsafe.WriteUnaligned(@event, events);
        Unsafe.WriteUnaligned(@event + DataOffset, slot.ToData());
        return Native.ControlEPoll(epoll, Native.EPollAdd, socket, @event);
    }

    public unsafe int Wait(SocketHandle epoll, int timeout)
    {
        fixed (byte* start = _bytes)
        {
            return Native.WaitEPoll(epoll, start, capacity, timeout);
        }
    }

    public (uint Events, LoopSlot Slot) Get(int index)
    {
        ref var start = ref _bytes[index * Size];
        return (Unsafe.ReadUnaligned<uint>(ref start), LoopSlot.FromData(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, DataOffset))));
    }
}
