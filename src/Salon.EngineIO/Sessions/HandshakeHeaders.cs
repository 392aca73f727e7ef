using System.Buffers.Binary;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO;

/// <summary>
/// A request's headers, kept as bytes in one block: a session holds them for its whole life, few ever look at them, and as text in a dictionary they
/// would be several times as large. Immutable.
/// </summary>
internal sealed class HandshakeHeaders : IReadOnlyDictionary<string, StringValues>
{
    // A name and a value have a length of two bytes each in front.
    private const int LengthSize = sizeof(ushort);

    /// <summary>What applications ask for, and is kept first.</summary>
    private static readonly HashSet<string> Wanted = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Cookie", "Origin", "User-Agent", "Host", "Referer", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP",
        "Accept-Language", "X-Request-Id", "traceparent",
    };

    /// <summary>What is for the connection or for the handshake of a WebSocket, and says nothing of the client.</summary>
    private static readonly HashSet<string> Unwanted = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "TE", "Trailer", "Expect", "Content-Length", "Cache-Control", "Pragma",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions",
    };

    private readonly byte[] _block;

    /// <summary>Keeps headers.</summary>
    /// <param name="headers">The headers. A name may come more than once.</param>
    /// <param name="maxBytes">How many bytes they may take; whole headers are left out.</param>
    public HandshakeHeaders(IEnumerable<KeyValuePair<string, StringValues>> headers, int maxBytes = int.MaxValue)
    {
        var kept = new List<(string Name, string Value)>();
        long rest = maxBytes;
        var all = headers.Where(static header => !Unwanted.Contains(header.Key) && header.Key.Length > 0 && header.Key[0] != ':').ToList();

        foreach (var isWanted in new[] { true, false })
        {
            foreach (var (name, values) in all)
            {
                var size = SizeOf(name, values);

                if (Wanted.Contains(name) == isWanted && values.Count > 0 && size <= rest)
                {
                    rest -= size;
                    kept.AddRange(values.Select(value => (name, value ?? "")));
                }
            }
        }

        _block = Encode(kept);
    }

    /// <summary>How many there are; one that came more than once is one.</summary>
    public int Count => Read().DistinctBy(static header => header.Name, StringComparer.OrdinalIgnoreCase).Count();

    public IEnumerable<string> Keys => this.Select(static header => header.Key);

    public IEnumerable<StringValues> Values => this.Select(static header => header.Value);

    public StringValues this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The handshake has no header {key}.");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        var found = Read().Where(header => string.Equals(header.Name, key, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value).ToArray();
        value = found.Length == 1 ? new StringValues(found[0]) : found;
        return found.Length > 0;
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => Read()
        .GroupBy(static header => header.Name, StringComparer.OrdinalIgnoreCase)
        .Select(static header => KeyValuePair.Create(header.Key, header.Count() == 1 ? new StringValues(header.First().Value) : new StringValues([.. header.Select(one => one.Value)])))
        .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What a header takes; more than there is when a length would not fit.</summary>
    private static long SizeOf(string name, StringValues values)
    {
        long size = 0;
        var nameLength = Encoding.UTF8.GetByteCount(name);

        foreach (var value in values)
        {
            var length = Encoding.UTF8.GetByteCount(value ?? "");

            if (Math.Max(nameLength, length) > ushort.MaxValue)
            {
                return long.MaxValue;
            }

            size += LengthSize + nameLength + LengthSize + length;
        }

        return size;
    }

    private static byte[] Encode(List<(string Name, string Value)> headers)
    {
        var block = new byte[headers.Sum(static header => SizeOf(header.Name, header.Value))];
        var rest = block.AsSpan();

        foreach (var (name, value) in headers)
        {
            Write(ref rest, name);
            Write(ref rest, value);
        }

        return block;
    }

    private static void Write(ref Span<byte> rest, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, rest[LengthSize..]);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)length);
        rest = rest[(LengthSize + length)..];
    }

    private static string Read(byte[] block, ref int place)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(place));
        var text = Encoding.UTF8.GetString(block, place + LengthSize, length);
        place += LengthSize + length;
        return text;
    }

    private IEnumerable<(string Name, string Value)> Read()
    {
        for (var place = 0; place < _block.Length;)
        {
            var name = Read(_block, ref place);
            yield return (name, Read(_block, ref place));
        }
    }
}
