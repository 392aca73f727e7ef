using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Salon.SocketIO.Redis.Streams;

/// <summary>The stream, which all namespaces share: one writer, one reader, and who gets what was read. Thread-safe.</summary>
internal sealed class StreamHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, StreamsAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly StreamWriter _writer;
    private readonly StreamReader _reader;

    public StreamHub(RedisHub hub, TimeProvider time, ILogger logger)
    {
        _writer = new StreamWriter(hub, time, logger);
        Place = new StreamPlace(time);
        Time = time;
        _reader = new StreamReader(hub, time, logger, Place, OnMessage);
    }

    /// <summary>How far the stream was read.</summary>
    public StreamPlace Place { get; }

    public TimeProvider Time { get; }

    public void Add(string name, StreamsAdapter adapter) => _adapters[name] = adapter;

    public void Remove(string name, StreamsAdapter adapter) => _adapters.TryRemove(new KeyValuePair<string, StreamsAdapter>(name, adapter));

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
