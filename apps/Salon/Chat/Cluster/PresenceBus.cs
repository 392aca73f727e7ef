using Salon.SocketIO.Clustering;
using Salon.SocketIO;
using Salon.Supervision;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// Lets all nodes know who is where. Each tells the changes of its own people, numbered; whoever misses one asks for all, and so does
/// whoever meets a node for the first time. What is known of a node ends with it. The lock protects all fields and the order of numbers.
/// </summary>
internal sealed class PresenceBus : IDisposable
{
    private const string Changed = "presence:changed";
    private const string Version = "presence:version";
    private const string Asked = "presence:asked";
    private const string Told = "presence:told";

    // A part of a state is one message.
    private const int PlacesInPart = 500;

    // By then a change that was lost is noticed.
    private static readonly TimeSpan VersionInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Namespace _chat;
    private readonly Presence _presence;
    private readonly IClusterMembers _members;
    private readonly Dictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly IDisposable[] _listening;
    private readonly ITimer _timer;
    private readonly Guard _guard;
    private long _version;

    public PresenceBus(SocketIOServer io, Presence presence, IClusterMembers members, TimeProvider time, ILogger<PresenceBus> logger)
    {
        _chat = io.Of(ChatFeed.NamespaceName);
        (_presence, _members) = (presence, members);
        _guard = new Guard(logger);
        _listening =
        [
            _chat.Servers.On(Changed, arguments => Do(() => OnChanged(arguments.Get<PresenceChange>(0)))),
            _chat.Servers.On(Version, arguments => Do(() => OnVersion(arguments.Get<string>(0) ?? "", arguments.Get<long>(1)))),
            _chat.Servers.On(Asked, arguments => Do(() => OnAsked(arguments.Get<string>(0)))),
            _chat.Servers.On(Told, arguments => Do(() => OnTold(arguments.Get<PresenceState>(0)))),
        ];
        presence.ChangedHere += OnChangedHere;
        members.Joined += OnJoined;
        members.Left += OnLeft;
        _timer = time.CreateTimer(_ => _guard.Call("PresenceBus.TellVersion", this, static bus => bus.TellVersion()), null, VersionInterval, VersionInterval);
    }

    private bool IsFirst => _members.Others.All(other => string.CompareOrdinal(_members.Self, other) < 0);

    public void Dispose()
    {
        _timer.Dispose();
        _presence.ChangedHere -= OnChangedHere;
        _members.Joined -= OnJoined;
        _members.Left -= OnLeft;

        foreach (var listening in _listening)
        {
            listening.Dispose();
        }
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private void OnChangedHere(ChatRoom room, string username)
    {
        // In the lock, or two changes could be told in another order than they are numbered. Telling only queues. Whoever comes last tells what
        // is: else somebody who came back in the moment that they were given up could be gone for the others.
        lock (_gate)
        {
            var isThere = _presence.IsHere(room, username);
            Tell(Changed, new PresenceChange(_members.Self, ++_version, PresenceRoom.Of(room), username, isThere));
        }
    }

    private void TellVersion()
    {
        if (_members.Others.Count > 0)
        {
            lock (_gate)
            {
                Tell(Version, _members.Self, _version);
            }
        }
    }

    private void OnJoined(string node) => Ask(node);

    private void OnLeft(string node)
    {
        lock (_gate)
        {
            _nodes.Remove(node);
        }

        foreach (var (room, username) in _presence.GetElsewhere(node))
        {
            _presence.LeaveElsewhere(node, room, username, isOurs: IsFirst);
        }
    }

    private void OnChanged(PresenceChange? change)
    {
        if (change is not { IsWhole: true } || !_members.Others.Contains(change.Node))
        {
            // Not met yet, or gone already: when it is met, it is asked.
            return;
        }

        bool isNext;

        lock (_gate)
        {
            var node = Find(change.Node);
            isNext = node.Version == change.Version - 1;
            node.Version = isNext ? change.Version : node.Version;
        }

        if (!isNext)
        {
            OnVersion(change.Node, change.Version);
        }
        else if (change.IsThere)
        {
            _presence.EnterElsewhere(change.Node, change.Room.ToRoom(), change.Username);
            ForgetIfGone(change.Node);
        }
        else
        {
            _presence.LeaveElsewhere(change.Node, change.Room.ToRoom(), change.Username);
        }
    }

    private void OnVersion(string node, long version)
    {
        // Ahead is as wrong as behind: what a node says comes in order, so somebody else has said it, or the node has begun anew.
        bool isBehind;

        lock (_gate)
        {
            isBehind = _members.Others.Contains(node) && Find(node).Version != version;
        }

        if (isBehind)
        {
            Ask(node);
        }
    }

    private void Ask(string node) => Tell(Asked, node);

    private void Tell(string eventName, params object[] arguments) =>
        _guard.Run(eventName, (_chat, eventName, arguments), static state => state._chat.Servers.EmitAsync(state.eventName, state.arguments));

    private void OnAsked(string? node)
    {
        if (node != _members.Self)
        {
            return;
        }

        lock (_gate)
        {
            var places = _presence.GetHere().Select(static place => new PresencePlace(PresenceRoom.Of(place.Room), place.Username)).Chunk(PlacesInPart).ToList();
            var parts = Math.Max(1, places.Count);

            for (var i = 0; i < parts; i++)
            {
                Tell(Told, new PresenceState(_members.Self, _version, i, parts, places.Count == 0 ? [] : places[i]));
            }
        }
    }

    private void OnTold(PresenceState? state)
    {
        if (state is not { IsWhole: true } || !_members.Others.Contains(state.Node))
        {
            return;
        }

        HashSet<PresencePlace> told;

        lock (_gate)
        {
            var node = Find(state.Node);

            if (!node.TryComplete(state))
            {
                return;
            }

            node.Version = state.Version;
            told = [.. node.TakePlaces()];
        }

        foreach (var (room, username) in _presence.GetElsewhere(state.Node))
        {
            if (!told.Contains(new PresencePlace(PresenceRoom.Of(room), username)))
            {
                _presence.LeaveElsewhere(state.Node, room, username);
            }
        }

        foreach (var place in told)
        {
            _presence.EnterElsewhere(state.Node, place.Room.ToRoom(), place.Username);
        }

        ForgetIfGone(state.Node);
    }

    /// <summary>A node may go while what it said is being taken: nobody would tell of its people any more.</summary>
    private void ForgetIfGone(string node)
    {
        if (!_members.Others.Contains(node))
        {
            OnLeft(node);
        }
    }

    private KnownNode Find(string node)
    {
        if (!_nodes.TryGetValue(node, out var known))
        {
            known = new KnownNode();
            _nodes.Add(node, known);
        }

        return known;
    }
}
