using System.Collections.Concurrent;
using Salon.Redis;

namespace Salon.SocketIO.Redis.Classic;

/// <summary>
/// The one pattern by which this server hears broadcasts, and which namespace gets what. The reference has a pattern for each namespace; but Redis
/// compares each message with every pattern that there is, and namespaces may be many. Begun with the first namespace. Thread-safe.
/// </summary>
internal sealed class ClassicBroadcasts(RedisHub hub) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Reader> _readers = new(StringComparer.Ordinal);
    private readonly string _prefix = $"{hub.Options.KeyPrefix}#";
    private readonly Lock _gate = new();
    private Listening? _listening;
    private int _longestName;

    /// <summary>Takes a broadcast to a namespace.</summary>
    /// <param name="message">The message.</param>
    /// <param name="room">The room and a <c>#</c>; empty when it goes to none, or to several.</param>
    public delegate void Reader(RedisMessage message, ReadOnlySpan<char> room);

    public void Add(string name, Reader reader)
    {
        _readers[name] = reader;

        lock (_gate)
        {
            _longestName = Math.Max(_longestName, name.Length);

            // Each namespace begins with a slash. In a pattern some characters mean more than themselves, and prefixes may have them.
            _listening ??= hub.Listen($"{ChannelName.Escape(_prefix)}/*", ListeningKind.Pattern, OnMessage);
        }
    }

    /// <summary>Forgets who reads, unless another reads there already: a namespace that goes and comes back has a new adapter.</summary>
    public void Remove(string name, Reader reader) => _readers.TryRemove(new KeyValuePair<string, Reader>(name, reader));

    public async ValueTask DisposeAsync()
    {
        Listening? listening;

        lock (_gate)
        {
            listening = _listening;
        }

        if (listening is not null)
        {
            await listening.DisposeAsync();
        }
    }

    // The prefix, the name of the namespace, and perhaps that of a room, each with a # behind it. All of them may have that sign inside too:
    // then more than one namespace can be meant, and the message itself says which.
    private void OnMessage(RedisMessage message)
    {
        var names = _readers.GetAlternateLookup<ReadOnlySpan<char>>();
        var rest = message.Channel.AsSpan(_prefix.Length);
        var longest = Math.Min(rest.Length, Volatile.Read(ref _longestName) + 1);

        for (var end = 0; end < longest; end++)
        {
            if (rest[end] == '#' && names.TryGetValue(rest[..end], out var read))
            {
                read(message, rest[(end + 1)..]);
            }
        }
    }
}
