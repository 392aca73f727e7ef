using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Salon.Collections;

namespace Salon.SocketIO.Connections;

/// <summary>
/// The namespaces of a server, and the parents from which clients make more by asking. Thread-safe.
/// </summary>
internal sealed partial class NamespaceTable(SocketIOServer server)
{
    private readonly ConcurrentDictionary<string, Lazy<Namespace>> _namespaces = new(StringComparer.Ordinal);
    private readonly CopyOnWriteList<ParentNamespace> _parents = new();

    public event Action<Namespace>? Created;

    public IEnumerable<Namespace> All => _namespaces.Values.Where(static entry => entry.IsValueCreated).Select(static entry => entry.Value);

    /// <summary>Gives the namespace that the program asks for by name; it stays from here on.</summary>
    public Namespace Get(string name)
    {
        while (true)
        {
            if (GetOrAdd(name, FindParent(name)) is var found && found.TryPin())
            {
                return found;
            }
        }
    }

    public ParentNamespace Add(ParentNamespace parent)
    {
        _parents.Add(parent);
        return parent;
    }

    /// <summary>Enters the namespace that a client asks for, if there is one and nobody has to be asked whether there may be.</summary>
    public Namespace? TryEnter(string name) =>
        _namespaces.TryGetValue(name, out var entry) && entry.Value.TryEnter() ? entry.Value : null;

    /// <summary>Enters a namespace that is made because a client asks for it; <see langword="null"/> when none of the parents has it.</summary>
    public async ValueTask<Namespace?> TryEnterAsync(string name, JsonElement auth)
    {
        foreach (var parent in _parents.Items)
        {
            if (!await FitsAsync(parent, name, auth))
            {
                continue;
            }

            return EnterChild(name, parent);
        }

        return null;
    }

    public bool HasParents => _parents.Items.Length > 0;

    /// <summary>Forgets a namespace that its last client has left.</summary>
    public void Remove(Namespace abandoned)
    {
        if (_namespaces.TryGetValue(abandoned.Name, out var entry) && entry.Value == abandoned)
        {
            _namespaces.TryRemove(new KeyValuePair<string, Lazy<Namespace>>(abandoned.Name, entry));
        }

        abandoned.Parent?.Remove(abandoned);
    }

    private Namespace? EnterChild(string name, ParentNamespace parent)
    {
        try
        {
            while (true)
            {
                // It may go with its last client between being found and being entered; then it is made again.
                if (GetOrAdd(name, parent) is var found && found.TryEnter())
                {
                    return found;
                }
            }
        }
        catch (Exception exception)
        {
            Log.CreationFailed(server.Logger, name, exception);
            return null;
        }
    }

    // Lazy, so that two threads that ask for the same one get the same one, with what its creation registers, and its adapter is made once.
    private Namespace GetOrAdd(string name, ParentNamespace? parent)
    {
        var entry = _namespaces.GetOrAdd(name, name => new Lazy<Namespace>(() => Create(name, parent)));

        try
        {
            return entry.Value;
        }
        catch
        {
            // The adapter's maker or a handler of Created threw. Whoever asks next tries again, instead of getting the same exception for ever.
            _namespaces.TryRemove(new KeyValuePair<string, Lazy<Namespace>>(name, entry));
            throw;
        }
    }

    private Namespace Create(string name, ParentNamespace? parent)
    {
        var created = new Namespace(server, name, parent);
        parent?.Add(created);

        if (!server.Options.CleanupEmptyChildNamespaces)
        {
            created.TryPin();
        }

        try
        {
            Created?.Invoke(created);
        }
        catch
        {
            parent?.Remove(created);
            throw;
        }

        return created;
    }

    private ParentNamespace? FindParent(string name) => Array.Find(_parents.Items, parent => parent.Fits(name));

    private async ValueTask<bool> FitsAsync(ParentNamespace parent, string name, JsonElement auth)
    {
        try
        {
            return await parent.FitsAsync(name, auth);
        }
        catch (Exception exception)
        {
            Log.PredicateFailed(server.Logger, exception);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A predicate of namespaces failed: the client is told that there is none.", EventName = nameof(PredicateFailed))]
        public static partial void PredicateFailed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The namespace {Name} could not be made: the client is told that there is none.", EventName = nameof(CreationFailed))]
        public static partial void CreationFailed(ILogger logger, string name, Exception exception);
    }
}
