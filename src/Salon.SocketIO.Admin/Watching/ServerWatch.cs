using System.Diagnostics.Metrics;
using System.Text.Json;
using Salon.EngineIO;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>
/// What administrators are told while there are any: numbers every two seconds, and, in development, sockets, rooms and events. The first one
/// begins it, and the last one ends it. The lock protects who is there; nothing is sent under it.
/// </summary>
internal sealed class ServerWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SocketIOServer _io;
    private readonly Namespace _admins;
    private readonly AdminOptions _options;
    private readonly AdminMode _mode;
    private readonly IMeterFactory? _meters;
    private readonly Guard _guard;
    private readonly TimeProvider _time;
    private readonly long _started;
    private int _count;
    private volatile WatchSession? _session;

    public ServerWatch(SocketIOServer io, Namespace admins, AdminOptions options, AdminMode mode, IMeterFactory? meters, Guard guard, TimeProvider time)
    {
        (_io, _admins, _options, _mode, _meters, _guard, _time) = (io, admins, options, mode, meters, guard, time);
        _started = time.GetTimestamp();

        io.NamespaceCreated += OnNamespace;

        foreach (var space in io.Namespaces)
        {
            space.OnConnection(OnConnection);
        }
    }

    /// <summary>An administrator is there.</summary>
    public async Task OnCameAsync(Socket administrator)
    {
        WatchSession session;

        lock (_gate)
        {
            _count++;
            session = _session ??= Begin();
        }

        // Only now: it may have left already, and is told of at once.
        administrator.OnDisconnect(_ => OnLeft());

        // What has been counted is for all, in two seconds.
        await administrator.EmitAsync("server_stats", Describe([]));

        if (_mode == AdminMode.Development)
        {
            await administrator.EmitAsync("all_sockets", new RawJson(JsonSerializer.SerializeToUtf8Bytes(session.DescribeAll(), AdminJson.Default.SocketInfoArray), []));
        }
    }

    /// <summary>An administrator has left.</summary>
    private void OnLeft()
    {
        WatchSession? ended = null;

        lock (_gate)
        {
            if (--_count == 0)
            {
                ended = _session;
                _session = null;
            }
        }

        ended?.Dispose();
    }

    private WatchSession Begin()
    {
        var session = new WatchSession(_io, _admins, _options, _mode, new EngineCounts(_io, _meters), _guard, _time);
        session.Every(Interval, () =>
        {
            session.Prune();
            return _admins.EmitAsync("server_stats", Describe(session.Counts.Take(_time.GetUtcNow())));
        });
        return session;
    }

    private void OnNamespace(Namespace space)
    {
        space.OnConnection(OnConnection);
        _session?.Watch(space);
    }

    private void OnConnection(Socket socket)
    {
        _session?.OnConnected(socket);
        socket.OnDisconnect(reason => _session?.OnDisconnected(socket, reason));
    }

    private RawJson Describe(IReadOnlyList<AggregatedEvent> events)
    {
        var stats = new ServerStats(
            _options.ServerId,
            Environment.MachineName,
            Environment.ProcessId,
            Math.Round(_time.GetElapsedTime(_started).TotalSeconds, 3),
            _io.Engine.ClientsCount,
            _io.Engine.CountClients(EngineTransport.Polling),
            events,
            [.. _io.Namespaces.Select(static space => new NamespaceStats(space.Name, space.Sockets.Count))]);

        return new RawJson(JsonSerializer.SerializeToUtf8Bytes(stats, AdminJson.Default.ServerStats), []);
    }
}
