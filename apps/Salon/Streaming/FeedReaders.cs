namespace Salon.App.Streaming;

/// <summary>All readers of a feed, in shards: there are as many as the most readers at a time needed. The lock protects the list of shards.</summary>
internal sealed class FeedReaders
{
    // As many are told at a time as there are processors; the others follow them.
    private static readonly int Chains = Environment.ProcessorCount;

    private readonly Lock _gate = new();
    private ReaderShard[] _shards = [];
    private int _firstWithRoom;
    private bool _hasEnded;

    /// <summary>Takes a reader in until what is returned is disposed.</summary>
    public Registration Add(IFeedReader reader)
    {
        Registration registration;
        bool hasEnded;

        lock (_gate)
        {
            registration = AddToShard(reader);
            hasEnded = _hasEnded;
        }

        if (hasEnded)
        {
            reader.OnEnd();
        }

        return registration;
    }

    /// <summary>Tells everybody that there is something new.</summary>
    public void Wake()
    {
        var shards = Volatile.Read(ref _shards);

        for (var i = 0; i < shards.Length && i < Chains; i++)
        {
            shards[i].Wake();
        }
    }

    /// <summary>Tells everybody, and who comes from here on, that nothing more comes.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        foreach (var shard in Volatile.Read(ref _shards))
        {
            shard.End();
        }
    }

    private Registration AddToShard(IFeedReader reader)
    {
        for (; _firstWithRoom < _shards.Length; _firstWithRoom++)
        {
            if (_shards[_firstWithRoom].TryAdd(reader, out var place))
            {
                return new Registration(this, _firstWithRoom, place);
            }
        }

        var added = new ReaderShard();
        added.TryAdd(reader, out var first);

        if (_shards.Length >= Chains)
        {
            _shards[^Chains].Next = added;
        }

        Volatile.Write(ref _shards, [.. _shards, added]);
        return new Registration(this, _firstWithRoom, first);
    }

    private void Remove(int shard, int place)
    {
        lock (_gate)
        {
            _shards[shard].Remove(place);
            _firstWithRoom = Math.Min(_firstWithRoom, shard);
        }
    }

    /// <summary>The place of a reader; dispose it once.</summary>
    internal readonly struct Registration(FeedReaders readers, int shard, int place) : IDisposable
    {
        public void Dispose() => readers.Remove(shard, place);
    }
}
