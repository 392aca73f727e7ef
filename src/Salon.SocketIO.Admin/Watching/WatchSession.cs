using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>The time from the first administrator to the last. It owns all that is watched, and ends it.</summary>
internal sealed class WatchSession : IDisposable
{
    private readonly ConcurrentDictionary<(string Namespace, string Id), WatchedSocket> _watched = new();
    private readonly ConcurrentDictionary<string, NamespaceWatch> _namespaces = new(StringComparer.Ordinal);
    private readonly SocketIOServer _io;
    private readonly Namespace _admins;
    private readonly AdminOptions _options;
    private readonly AdminMode _mode;
    private readonly Guard _guard;
    private readonly TimeProvider _time;
    private readonly Sampler _sampler;
    private ITimer? _timer;
    private volatile bool _isEnded;

    public WatchSession(SocketIOServer io, Namespace admins, AdminOptions options, AdminMode mode, EngineCounts counts, Guard guard, TimeProvider time)
    {
        _guard = guard;
        (_io, _admins, _options, _mode, _time) = (io, admins, options, mode, time);
        _sampler = new Sampler(options.MaxEventsPerSecond, time);
        Counts = counts;

        foreach (var space in io.Namespaces)
        {
            Watch(space);

            foreach (var socket in space.Sockets.Values)
            {
                TryWatch(socket);
            }
        }
    }

    public EngineCounts Counts { get; }

    /// <summary>Does something again and again until the session ends.</summary>
    public void Every(TimeSpan interval, Func<Task> action) =>
        _timer = _time.CreateTimer(_ => _guard.Run(nameof(WatchSession), action, static action => action()), null, interval, interval);

    public void Watch(Namespace space)
    {
        if (_mode != AdminMode.Development || _isEnded)
        {
            return;
        }

        var watch = new NamespaceWatch(space, _admins, _watched, _sampler, _guard, _time);

        // One that was made anew takes the place of the one that was left.
        if (_namespaces.TryGetValue(space.Name, out var former))
        {
            former.Dispose();
        }

        _namespaces[space.Name] = watch;

        if (_isEnded)
        {
            watch.Dispose();
        }
    }

    /// <summary>
    /// Lets go of namespaces that are no more: clients can make as many as they like. And sets right which sockets are watched: one may have
    /// come or gone while the session was being made, or found it full.
    /// </summary>
    public void Prune()
    {
        var existing = _io.Namespaces.ToHashSet();

        foreach (var (key, watched) in _watched)
        {
            // The first time, the end of its connection may be about to be told.
            if (watched.IsGone && _watched.TryRemove(new KeyValuePair<(string, string), WatchedSocket>(key, watched)))
            {
                watched.Dispose();
            }

            watched.IsGone = !watched.Socket.Connected;
        }

        foreach (var socket in existing.SelectMany(static space => space.Sockets.Values))
        {
            if (_watched.Count >= _options.MaxSockets)
            {
                break;
            }

            if (!_watched.ContainsKey(KeyOf(socket)))
            {
                OnConnected(socket);
            }
        }

        foreach (var (name, watch) in _namespaces)
        {
            if (!existing.Contains(watch.Space) && _namespaces.TryRemove(new KeyValuePair<string, NamespaceWatch>(name, watch)))
            {
                watch.Dispose();
            }
        }
    }

    /// <summary>All that is shown. The UI opens the first namespace that it hears of, which should not be that of the administrators.</summary>
    public SocketInfo[] DescribeAll() =>
    [
        .. _io.Namespaces
            .OrderBy(space => space == _admins)
            .ThenBy(static space => space.Name, StringComparer.Ordinal)
            .SelectMany(static space => space.Sockets.Values)
            .Where(socket => _watched.ContainsKey(KeyOf(socket)))
            .Select(SocketDescription.Describe),
    ];

    public void OnConnected(Socket socket)
    {
        if (TryWatch(socket))
        {
            var info = new RawJson(JsonSerializer.SerializeToUtf8Bytes(SocketDescription.Describe(socket), AdminJson.Default.SocketInfo), []);
            _guard.Run("socket_connected", (_admins, info, At: Timestamp.Format(_time)), static told => told._admins.EmitAsync("socket_connected", told.info, told.At));
        }
    }

    public void OnDisconnected(Socket socket, DisconnectReason reason)
    {
        if (_watched.TryRemove(KeyOf(socket), out var watched))
        {
            watched.Dispose();
            _guard.Run(
                "socket_disconnected",
                (_admins, socket, reason, At: Timestamp.Format(_time)),
                static told => told._admins.EmitAsync("socket_disconnected", told.socket.Namespace.Name, told.socket.Id, told.reason.ToText(), told.At));
        }
    }

    public void Dispose()
    {
        _isEnded = true;
        _timer?.Dispose();
        Counts.Dispose();

        foreach (var (_, watched) in _watched)
        {
            watched.Dispose();
        }

        foreach (var (_, watched) in _namespaces)
        {
            watched.Dispose();
        }
    }

    private bool TryWatch(Socket socket)
    {
        // The id of an old client's socket is its session's, a secret: it is counted, and not shown.
        if (_mode != AdminMode.Development || _isEnded || _watched.Count >= _options.MaxSockets || socket.Conn.Protocol == 3)
        {
            return false;
        }

        var watched = new WatchedSocket(socket, _admins, _sampler, _guard, _time);

        if (_watched.TryAdd(KeyOf(socket), watched) && !_isEnded)
        {
            return true;
        }

        watched.Dispose();
        return false;
    }

    private static (string Namespace, string Id) KeyOf(Socket socket) => (socket.Namespace.Name, socket.Id);
}
