using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO;

/// <summary>
/// A request's headers, kept as one array: a session holds them for its whole life, and a dictionary would be several times larger.
/// </summary>
internal sealed class HandshakeHeaders(IEnumerable<KeyValuePair<string, StringValues>> headers) : IReadOnlyDictionary<string, StringValues>
{
    private readonly KeyValuePair<string, StringValues>[] _headers = [.. headers];

    public int Count => _headers.Length;

    public IEnumerable<string> Keys => _headers.Select(static header => header.Key);

    public IEnumerable<StringValues> Values => _headers.Select(static header => header.Value);

    public StringValues this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The handshake has no header {key}.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        foreach (var header in _headers)
        {
            if (string.Equals(header.Key, key, StringComparison.OrdinalIgnoreCase))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _headers.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
