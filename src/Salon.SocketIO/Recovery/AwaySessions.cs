using Salon.Timing;

namespace Salon.SocketIO.Recovery;

/// <summary>
/// Who lost the connection and may come back, bounded in number and time. Guarded by the lock of its <see cref="RecoveryStore"/>.
/// </summary>
internal sealed class AwaySessions(DeadlineScheduler deadlines, ConnectionStateRecovery options)
{
    private readonly Dictionary<string, SavedSession> _byPrivateId = new(StringComparer.Ordinal);
    private readonly LinkedList<SavedSession> _inOrder = new();

    public bool Contains(string privateId) => _byPrivateId.ContainsKey(privateId);

    public SavedSession? Find(string privateId) => _byPrivateId.GetValueOrDefault(privateId);

    /// <returns>
    /// Who is forgotten for it: who left first, when there are too many; or an older state of the same client, which would end the newer one
    /// with its own time.
    /// </returns>
    public SavedSession? Add(SavedSession session)
    {
        if (_byPrivateId.GetValueOrDefault(session.PrivateId) is { } older)
        {
            Remove(older);
            Put(session);
            return older.State == session.State ? null : older;
        }

        Put(session);
        return _byPrivateId.Count > options.MaxSessions ? RemoveFirst() : null;
    }

    private void Put(SavedSession session)
    {
        _byPrivateId[session.PrivateId] = session;
        session.Place = _inOrder.AddLast(session);
        deadlines.Schedule(session, options.MaxDisconnectionDuration);
    }

    private SavedSession RemoveFirst()
    {
        var first = _inOrder.First!.Value;
        Remove(first);
        return first;
    }

    public SavedSession? Take(string privateId)
    {
        if (_byPrivateId.TryGetValue(privateId, out var session))
        {
            Remove(session);
        }

        return session;
    }

    /// <returns><see langword="false"/> when it was taken or forgotten before.</returns>
    public bool Remove(SavedSession session)
    {
        if (session.Place is not { } place)
        {
            return false;
        }

        deadlines.Cancel(session);
        _byPrivateId.Remove(session.PrivateId);
        _inOrder.Remove(place);
        session.Place = null;
        return true;
    }
}
