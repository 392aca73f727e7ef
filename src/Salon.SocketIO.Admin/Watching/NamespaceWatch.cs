using System.Collections.Concurrent;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>The rooms of one namespace, as administrators learn of them: for the sockets that they see.</summary>
internal sealed class NamespaceWatch : IDisposable
{
    private readonly Namespace _space;
    private readonly Namespace _admins;
    private readonly ConcurrentDictionary<(string Namespace, string Id), WatchedSocket> _watched;
    private readonly Sampler _sampler;
    private readonly Guard _guard;
    private readonly TimeProvider _time;

    public NamespaceWatch(
        Namespace space,
        Namespace admins,
        ConcurrentDictionary<(string Namespace, string Id), WatchedSocket> watched,
        Sampler sampler,
        Guard guard,
        TimeProvider time)
    {
        (_space, _admins, _watched, _sampler, _guard, _time) = (space, admins, watched, sampler, guard, time);
        space.Adapter.RoomJoined += OnJoined;
        space.Adapter.RoomLeft += OnLeft;
    }

    public Namespace Space => _space;

    public void Dispose()
    {
        _space.Adapter.RoomJoined -= OnJoined;
        _space.Adapter.RoomLeft -= OnLeft;
    }

    private void OnJoined(string room, string id) => Tell("room_joined", room, id);

    private void OnLeft(string room, string id) => Tell("room_left", room, id);

    private void Tell(string type, string room, string id)
    {
        if (_watched.ContainsKey((_space.Name, id)) && _sampler.TryTake())
        {
            _guard.Run(type, (Watch: this, type, room, id), static told =>
                told.Watch._admins.EmitAsync(told.type, told.Watch._space.Name, told.room, told.id, Timestamp.Format(told.Watch._time)));
        }
    }
}
