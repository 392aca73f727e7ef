namespace Salon.App.Chat.Cluster;

/// <summary>How far this node knows another. Guarded by the lock of <see cref="PresenceBus"/>.</summary>
internal sealed class KnownNode
{
    private readonly List<PresencePlace> _places = [];
    private long _toldVersion = -1;
    private int _nextPart;

    public long Version { get; set; }

    /// <summary>Takes a part of a state; parts of one come in order.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool TryComplete(PresenceState state)
    {
        if (state.Part == 0)
        {
            (_toldVersion, _nextPart) = (state.Version, 0);
            _places.Clear();
        }

        if (state.Version != _toldVersion || state.Part != _nextPart)
        {
            // One is missing: whoever is behind asks again.
            return false;
        }

        _nextPart++;
        _places.AddRange(state.People);
        return _nextPart == state.Parts;
    }

    public IEnumerable<PresencePlace> TakePlaces()
    {
        var places = _places.ToArray();
        _places.Clear();
        return places;
    }
}
