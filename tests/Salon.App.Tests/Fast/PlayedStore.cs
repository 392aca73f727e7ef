using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>A Redis that the test plays for what the app keeps there: values, one stream, and the lease of the market. Thread-safe.</summary>
internal sealed class PlayedStore : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _values = [];
    private readonly List<(string Id, IReadOnlyList<string> Fields)> _stream = [];

    public PlayedStore(TimeProvider time)
    {
        Redis = new ScriptedRedis(Answer);

        // The clock may be moved far at once, and the connection bears it.
        var patient = TimeSpan.FromHours(1);
        Client = new RedisClient(RedisOptions.Parse(Redis.Url) with { CommandTimeout = patient, HeartbeatInterval = patient, HeartbeatTimeout = patient }, time: time);
    }

    public ScriptedRedis Redis { get; }

    public RedisClient Client { get; }

    /// <summary>Asked before all else.</summary>
    public Func<ScriptedCall, string?>? First { get; set; }

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    public void Set(string key, string? value)
    {
        lock (_gate)
        {
            if (value is null)
            {
                _values.Remove(key);
            }
            else
            {
                _values[key] = value;
            }
        }
    }

    public string? Get(string key)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(key);
        }
    }

    public void Add(string id, IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> fields)
    {
        lock (_gate)
        {
            _stream.Add((id, [.. fields.SelectMany(static field => new[] { field.Key, Text(field.Value.Span) })]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().AsTask().Soon();
        await Redis.DisposeAsync();
    }

    private string? Answer(ScriptedCall call)
    {
        if (First?.Invoke(call) is { } answer)
        {
            return answer;
        }

        lock (_gate)
        {
            return call switch
            {
                { Name: "GET", Words: [_, var key] } => _values.TryGetValue(key, out var value) ? ScriptedRedis.Bulk(value) : ScriptedRedis.Null,
                { Name: "XRANGE" } => ScriptedRedis.Array(_stream.Select(static entry => ScriptedRedis.Array(ScriptedRedis.Bulk(entry.Id), ScriptedRedis.Array(entry.Fields.Select(ScriptedRedis.Bulk))))),
                _ => call.Default,
            };
        }
    }
}
