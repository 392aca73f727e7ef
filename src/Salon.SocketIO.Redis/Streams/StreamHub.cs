using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>A stream, which namespaces share: one writer, one reader, and who gets what was read. Thread-safe.</summary>
internal sealed class StreamHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, StreamsAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly StreamWriter _writer;
    private readonly StreamReader _reader;

    public StreamHub(RedisHub hub, string name, TimeProvider time, ILogger logger)
    {
        Name = name;
        _writer = new StreamWriter(hub, name, time, logger);
        Place = new StreamPlace(time);
        Time = time;
        _reader = new StreamReader(hub, name, time, logger, Place, OnMessage);
    }

    /// <summary>The key of the stream.</summary>
    public string Name { get; }

    /// <summary>How far the stream was read.</summary>
    public StreamPlace Place { get; }

    public TimeProvider Time { get; }

    /// <summary>
    /// The stream of a namespace. Where there are several, the reference chooses by what Java calls the hash code, which may be negative: then
    /// so is the number, and only servers of this kind read what is written there.
    /// </summary>
    public static string NameFor(string @namespace, RedisAdapterOptions options)
    {
        if (options.StreamCount == 1)
        {
            return options.StreamName;
        }

        var hash = 0;

        foreach (var unit in @namespace)
        {
            hash = unchecked((hash * 31) + unit);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{options.StreamName}-{hash % options.StreamCount}");
    }

    public void Add(string name, StreamsAdapter adapter) => _adapters[name] = adapter;

    public void Remove(string name, StreamsAdapter adapter) => _adapters.TryRemove(new KeyValuePair<string, StreamsAdapter>(name, adapter));

    /// <summary>The number of the last message that was written here.</summary>
    public long LastNumber => _writer.LastNumber;

    /// <returns>The message's number; 0 when it is lost.</returns>
    public long Write(StreamMessage message) => _writer.Add(message);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
    }

    private void OnMessage(string id, StreamMessage message)
    {
        if (_adapters.TryGetValue(message.Namespace, out var adapter))
        {
            adapter.OnEntry(id, message);
        }
    }
}
