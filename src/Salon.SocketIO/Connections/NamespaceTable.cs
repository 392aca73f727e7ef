using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Salon.Collections;
using Salon.Http;

namespace Salon.SocketIO.Connections;

/// <summary>What became of a client's wish to enter a namespace.</summary>
/// <param name="Namespace">The namespace that it has entered; <see langword="null"/> when there is none.</param>
/// <param name="IsFull">Whether there would be one, had clients not made too many already.</param>
internal readonly record struct NamespaceEntry(Namespace? Namespace, bool IsFull = false);

/// <summary>
/// The namespaces of a server, and the parents from which clients make more by asking: in total and by address no more than the options
/// allow. Thread-safe.
/// </summary>
internal sealed partial class NamespaceTable(SocketIOServer server)
{
    private readonly ConcurrentDictionary<string, Lazy<Namespace>> _namespaces = new(StringComparer.Ordinal);
    private readonly CopyOnWriteList<ParentNamespace> _parents = new();
    private readonly AddressCounts _children = new(server.Options.MaxChildNamespacesPerAddress, server.Options.MaxChildNamespaces);

    public event Action<Namespace>? Created;

    public IEnumerable<Namespace> All => _namespaces.Values.Where(static entry => entry.IsValueCreated).Select(static entry => entry.Value);

    /// <summary>Gives the namespace that the program asks for by name; it stays from here on.</summary>
    public Namespace Get(string name)
    {
        while (true)
        {
            if (GetOrAdd(name, FindParent(name), founder: null) is var found && found.TryPin())
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
    public Namespace? TryEnter(string name)
    {
        if (!_namespaces.TryGetValue(name, out var entry))
        {
            return null;
        }

        try
        {
            return entry.Value.TryEnter() ? entry.Value : null;
        }
        catch (TooManyChildrenException)
        {
            // Another thread was making it, and may not.
            return null;
        }
        catch (Exception exception)
        {
            // Another thread was making it, and failed.
            server.Guard.Fail(nameof(SocketIOServer.NamespaceCreated), exception, name, Log.CreationFailed);
            return null;
        }
    }

    /// <summary>Enters a namespace that is made because a client asks for it, if one of the parents has it.</summary>
    /// <param name="name">The namespace.</param>
    /// <param name="auth">What the client says of itself.</param>
    /// <param name="address">The client's, to which a namespace is counted that it makes.</param>
    public async ValueTask<NamespaceEntry> EnterChildAsync(string name, JsonElement auth, ClientAddress address)
    {
        foreach (var parent in _parents.Items)
        {
            if (!await FitsAsync(parent, name, auth))
            {
                continue;
            }

            return EnterChild(name, parent, address);
        }

        return default;
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

        if (abandoned.Founder is { } founder)
        {
            _children.Remove(founder);
        }
    }

    private NamespaceEntry EnterChild(string name, ParentNamespace parent, ClientAddress address)
    {
        try
        {
            while (true)
            {
                // It may go with its last client between being found and being entered; then it is made again.
                if (GetOrAdd(name, parent, address) is var found && found.TryEnter())
                {
                    return new NamespaceEntry(found);
                }
            }
        }
        catch (TooManyChildrenException exception)
        {
            Log.TooManyChildren(server.Logger, exception.Verdict);
            return new NamespaceEntry(null, IsFull: true);
        }
        catch (Exception exception)
        {
            server.Guard.Fail(nameof(SocketIOServer.NamespaceCreated), exception, name, Log.CreationFailed);
            return default;
        }
    }

    // Lazy, so that two threads that ask for the same one get the same one, with what its creation registers, and its adapter is made once.
    private Namespace GetOrAdd(string name, ParentNamespace? parent, ClientAddress? founder)
    {
        var entry = _namespaces.GetOrAdd(name, name => new Lazy<Namespace>(() => Create(name, parent, founder)));

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

    private Namespace Create(string name, ParentNamespace? parent, ClientAddress? founder)
    {
        if (founder is { } address && _children.TryAdd(address) is var verdict and not AddressVerdict.Counted)
        {
            throw new TooManyChildrenException(verdict);
        }

        Namespace? created = null;

        try
        {
            created = new Namespace(server, name, parent) { Founder = founder };
            parent?.Add(created);

            if (!server.Options.CleanupEmptyChildNamespaces)
            {
                created.TryPin();
            }

            Created?.Invoke(created);
            return created;
        }
        catch
        {
            if (created is not null)
            {
                parent?.Remove(created);
            }

            if (founder is { } counted)
            {
                _children.Remove(counted);
            }

            throw;
        }
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
            server.Guard.Fail(nameof(SocketIOServer.Of), exception, name, Log.PredicateFailed);
            return false;
        }
    }

    private sealed class TooManyChildrenException(AddressVerdict verdict) : Exception
    {
        public AddressVerdict Verdict => verdict;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A predicate of namespaces failed at {Name}: the client is told that there is none.", EventName = nameof(PredicateFailed))]
        public static partial void PredicateFailed(ILogger logger, Exception exception, string name);

        [LoggerMessage(2, LogLevel.Error, "The namespace {Name} could not be made: the client is told that there is none.", EventName = nameof(CreationFailed))]
        public static partial void CreationFailed(ILogger logger, Exception exception, string name);

        [LoggerMessage(3, LogLevel.Debug, "Clients have made as many namespaces as they may ({Verdict}): the client is told so.", EventName = nameof(TooManyChildren))]
        public static partial void TooManyChildren(ILogger logger, AddressVerdict verdict);
    }
}
