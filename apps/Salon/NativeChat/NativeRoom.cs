using System.Security.Cryptography;
using System.Text;
using Salon.App.Chat;
using Salon.App.NativeChat.Cluster;

namespace Salon.App.NativeChat;

/// <summary>
/// The one room of the native chat: who is there, here and on other nodes, and what was said last. The lock protects all fields, and the
/// order of what everybody gets: a newcomer has every message once, in the history or after it. Under it, frames are queued and nothing waits.
/// </summary>
internal sealed class NativeRoom(NativeChatMetrics metrics, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NativePerson> _people = new(StringComparer.Ordinal);
    private readonly RecentMessages _recent = new();

    /// <summary>Something for the other nodes has happened. Called in the order of what happens, under the lock: whoever listens only queues.</summary>
    public event Action<BusMessage>? Happened;

    /// <summary>How many people are there, and how many of them here.</summary>
    public (int Everywhere, int Here) Count
    {
        get
        {
            lock (_gate)
            {
                return (_people.Count, _people.Values.Count(static person => person.Connection is not null));
            }
        }
    }

    /// <summary>How many people get what is said, here or elsewhere.</summary>
    public int CountReceivers()
    {
        lock (_gate)
        {
            return _people.Count;
        }
    }

    /// <summary>This node, for the others.</summary>
    public string Self { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Somebody says who they are. A client that lost its connection gets its name back by its secret.</summary>
    /// <returns>Why not, if the name cannot be had.</returns>
    public ErrorFrame? Join(NativeConnection connection, string name, string session)
    {
        var key = ChatName.ToKey(name);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)));

        lock (_gate)
        {
            if (connection.Farewell is not null)
            {
                // Its leaving may be over already: nobody would take it out again.
                return null;
            }

            if (connection.Key is not null)
            {
                return NativeChatErrors.AlreadyJoined;
            }

            var earlier = _people.GetValueOrDefault(key);

            if (earlier is not null && earlier.Session != hash)
            {
                return NativeChatErrors.NameTaken;
            }

            var person = new NativePerson(earlier?.Name ?? name, hash, (earlier?.Generation ?? 0) + 1, Self, connection);
            connection.Key = key;
            Put(key, person);
            connection.Send(new WelcomeFrame(person.Name, GetNames(), _recent.History).Encode());
            Happened?.Invoke(new CameMessage(Self, BusPerson.Of(person)));
            return null;
        }
    }

    /// <summary>Somebody says something: everybody gets it, the writer too, who learns in this way that it was said.</summary>
    /// <returns>Why not, if it cannot be said.</returns>
    public ErrorFrame? Say(NativeConnection connection, string id, string text)
    {
        lock (_gate)
        {
            if (FindHere(connection) is not { } person)
            {
                return NativeChatErrors.NotJoined(id);
            }

            if (_recent.TryFind(connection.Key!, id, out var known))
            {
                // Sent again because the answer was lost: only the writer has not got it.
                connection.Send(known.Encode());
                return null;
            }

            var message = new MessageFrame(id, person.Name, text, time.GetUtcNow().UtcDateTime);
            Tell(message);
            metrics.OnSaid();
            Happened?.Invoke(new SaidMessage(Self, message));
            return null;
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(NativeConnection connection)
    {
        lock (_gate)
        {
            // Not if another connection has taken over the name.
            if (FindHere(connection) is { } person)
            {
                Remove(connection.Key!, person);
                Happened?.Invoke(new WentMessage(Self, person.Name));
            }
        }
    }

    /// <summary>Tells the other nodes who is here, and if they are to know, what was said last.</summary>
    public void TellState(bool withHistory)
    {
        lock (_gate)
        {
            var people = _people.Values.Where(person => person.Node == Self).Select(BusPerson.Of);
            Happened?.Invoke(new StateMessage(Self, [.. people], withHistory ? _recent.History : []));
        }
    }

    /// <summary>Something has happened on another node. Told twice, it has happened once.</summary>
    public void OnElsewhere(BusMessage message)
    {
        lock (_gate)
        {
            switch (message)
            {
                case CameMessage came:
                    OnCame(came.Node, came.Person);
                    break;

                case WentMessage went:
                    RemoveElsewhere(went.Node, name => name == went.Name);
                    break;

                case SaidMessage said:
                    Tell(said.Message);
                    break;

                case StateMessage state:
                    OnState(state);
                    break;

                case GoneMessage gone:
                    RemoveElsewhere(gone.Node, static _ => true);
                    break;
            }
        }
    }

    private void OnState(StateMessage state)
    {
        var there = state.People.Select(static person => person.Name).ToHashSet(StringComparer.Ordinal);
        RemoveElsewhere(state.Node, name => !there.Contains(name));

        foreach (var person in state.People)
        {
            OnCame(state.Node, person);
        }

        foreach (var message in state.History)
        {
            Tell(message);
        }
    }

    private void OnCame(string node, BusPerson person)
    {
        var key = ChatName.ToKey(person.Name);

        if (_people.GetValueOrDefault(key) is not { } earlier || earlier.Node == node || IsNewer(person.Generation, node, earlier))
        {
            Put(key, new NativePerson(person.Name, person.Session, person.Generation, node));
        }
    }

    /// <summary>Which of two counts is the same on every node: two who took a name at once shall not both keep it.</summary>
    private static bool IsNewer(long generation, string node, NativePerson other) =>
        generation != other.Generation ? generation > other.Generation : string.CompareOrdinal(node, other.Node) < 0;

    private void Put(string key, NativePerson person)
    {
        var earlier = _people.GetValueOrDefault(key);
        _people[key] = person;

        if (earlier is null)
        {
            Broadcast(new PresenceFrame(person.Name, Here: true), except: person.Connection);
        }
        else if (earlier.Connection != person.Connection)
        {
            earlier.Connection?.Close(earlier.Session == person.Session ? Farewell.Replaced : Farewell.NameTaken);
        }
    }

    private void Remove(string key, NativePerson person)
    {
        _people.Remove(key);
        Broadcast(new PresenceFrame(person.Name, Here: false));
    }

    private void RemoveElsewhere(string node, Func<string, bool> isGone)
    {
        foreach (var (key, person) in _people.Where(pair => pair.Value.Node == node && isGone(pair.Value.Name)).ToArray())
        {
            Remove(key, person);
        }
    }

    private void Tell(MessageFrame message)
    {
        if (_recent.TryAdd(message))
        {
            Broadcast(message);
        }
    }

    private NativePerson? FindHere(NativeConnection connection) =>
        connection.Key is { } key && _people.GetValueOrDefault(key) is { } person && person.Connection == connection ? person : null;

    private string[] GetNames() => [.. _people.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value.Name)];

    private void Broadcast(ServerFrame frame, NativeConnection? except = null)
    {
        // Once for all.
        var encoded = frame.Encode();

        foreach (var person in _people.Values)
        {
            if (person.Connection != except)
            {
                person.Connection?.Send(encoded);
            }
        }
    }
}
