using System.Security.Cryptography;

namespace Salon.SocketIO.Admin.Access;

/// <summary>
/// The sessions of administrators, and who is connected by each. A session ends by itself, or is ended, and its sockets with it. Bounded: the one
/// that ends next goes for a new one too many. The lock protects all fields; sockets are disconnected outside of it.
/// </summary>
internal sealed class AdminSessions(TimeProvider time, TimeSpan duration)
{
    private const int MaxSessions = 1000;

    // Timers of the platform count milliseconds in 32 bits.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <returns>The id of a new session: a secret.</returns>
    public string Open(string username)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        Session? surplus = null;

        lock (_gate)
        {
            if (_sessions.Count == MaxSessions)
            {
                surplus = _sessions.Values.MinBy(static session => session.End)!;
                Remove(surplus);
            }

            var session = new Session(id, username, time.GetUtcNow() + duration);
            session.Timer = time.CreateTimer(OnTime, session, Wait(duration), Timeout.InfiniteTimeSpan);
            _sessions.Add(id, session);
        }

        surplus?.Disconnect();
        return id;
    }

    /// <summary>Whether a session was opened, and has not ended.</summary>
    public bool Contains(string id)
    {
        lock (_gate)
        {
            return Find(id) is not null;
        }
    }

    /// <summary>Has a socket end with a session.</summary>
    /// <returns>Whether the session has not ended already.</returns>
    public bool TryAttach(string id, Socket socket)
    {
        lock (_gate)
        {
            if (Find(id) is not { } session)
            {
                return false;
            }

            session.Sockets.Add(socket);
        }

        socket.OnDisconnect(_ => Detach(id, socket));
        return true;
    }

    /// <summary>Ends sessions, and disconnects who is connected by them.</summary>
    /// <param name="username">Whose; <see langword="null"/> for everybody's.</param>
    /// <returns>How many there were.</returns>
    public int End(string? username)
    {
        Session[] ended;

        lock (_gate)
        {
            ended = [.. _sessions.Values.Where(session => username is null || session.Username == username)];
            Array.ForEach(ended, Remove);
        }

        Array.ForEach(ended, static session => session.Disconnect());
        return ended.Length;
    }

    private static TimeSpan Wait(TimeSpan left) => left < LongestWait ? left : LongestWait;

    private Session? Find(string id) => _sessions.GetValueOrDefault(id) is { } session && session.End > time.GetUtcNow() ? session : null;

    private void Detach(string id, Socket socket)
    {
        lock (_gate)
        {
            _sessions.GetValueOrDefault(id)?.Sockets.Remove(socket);
        }
    }

    private void OnTime(object? state)
    {
        var session = (Session)state!;

        lock (_gate)
        {
            if (session.End - time.GetUtcNow() is { Ticks: > 0 } left)
            {
                session.Timer!.Change(Wait(left), Timeout.InfiniteTimeSpan);
                return;
            }

            Remove(session);
        }

        session.Disconnect();
    }

    private void Remove(Session session)
    {
        _sessions.Remove(session.Id);
        session.Timer!.Dispose();
    }

    private sealed class Session(string id, string username, DateTimeOffset end)
    {
        public string Id => id;

        public string Username => username;

        public DateTimeOffset End => end;

        public HashSet<Socket> Sockets { get; } = [];

        public ITimer? Timer { get; set; }

        /// <summary>Called once the session is in no table any more, so that nobody comes or goes.</summary>
        public void Disconnect()
        {
            foreach (var socket in Sockets.ToArray())
            {
                socket.Disconnect(close: true);
            }
        }
    }
}
