using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>A stream, which namespaces share: one writer, one reader, and who gets what was read. Thread-safe.</summary>
internal sealed class StreamHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Action<string, StreamMessage>> _readers = new(StringComparer.Ordinal);
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

    /// <summary>The number of the last message that was written here.</summary>
    public long LastNumber => _writer.LastNumber;

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

    /// <summary>Gives a namespace its entries, with their ids.</summary>
    public void Add(string name, Action<string, StreamMessage> reader) => _readers[name] = reader;

    /// <summary>Forgets who reads, unless another reads there already: a namespace that goes and comes back has a new adapter.</summary>
    public void Remove(string name, Action<string, StreamMessage> reader) =>
        _readers.TryRemove(new KeyValuePair<string, Action<string, StreamMessage>>(name, reader));

    /// <returns>The message's number; 0 when it is lost.</returns>
    public long Write(StreamMessage message) => _writer.Add(message);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _reader.DisposeAsync();
    }

    private void OnMessage(string id, StreamMessage message)
    {
        if (_readers.TryGetValue(message.Namespace, out var read))
        {
            read(id, message);
        }
    }
}
