namespace Salon.EngineIO.EventLoops;

/// <summary>The sockets of one loop by their slots; it grows with the most that were open at once. Thread-safe.</summary>
internal sealed class SlotTable
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Entry[] _entries = new Entry[64];
    private int _count;

    public LoopSlot Add(ILoopMember member)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var index))
            {
                index = _count++;

                if (index == _entries.Length)
                {
                    Array.Resize(ref _entries, index * 2);
                }
            }

            ref var entry = ref _entries[index];
            entry.Member = member;
            return new LoopSlot(index, ++entry.Generation);
        }
    }

    public void Remove(LoopSlot slot)
    {
        lock (_gate)
        {
            if (_entries[slot.Index] is { Member: not null } entry && entry.Generation == slot.Generation)
            {
                _entries[slot.Index].Member = null;
                _free.Push(slot.Index);
            }
        }
    }

    public ILoopMember? Find(LoopSlot slot)
    {
        lock (_gate)
        {
            var entry = _entries[slot.Index];
            return entry.Generation == slot.Generation ? entry.Member : null;
        }
    }

    public List<ILoopMember> Copy()
    {
        lock (_gate)
        {
            return [.. _entries.Select(static entry => entry.Member).OfType<ILoopMember>()];
        }
    }

    private struct Entry
    {
        public ILoopMember? Member;
        public int Generation;
    }
}
