using System.Buffers.Binary;
using System.Collections;
using System.Collections.Frozen;
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

    private const int UsualCount = 16;

    /// <summary>What applications ask for, and is kept first.</summary>
    private static readonly FrozenSet<string> Wanted = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Authorization", "Cookie", "Origin", "User-Agent", "Host", "Referer", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP",
        "Accept-Language", "X-Request-Id", "traceparent");

    /// <summary>What is for the connection or for the handshake of a WebSocket, and says nothing of the client.</summary>
    private static readonly FrozenSet<string> Unwanted = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Upgrade", "Transfer-Encoding", "TE", "Trailer", "Expect", "Content-Length", "Cache-Control", "Pragma",
        "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions");

    private readonly byte[] _block;

    /// <summary>Keeps headers.</summary>
    /// <param name="headers">The headers. A name may come more than once.</param>
    /// <param name="maxBytes">How many bytes they may take; whole headers are left out.</param>
    public HandshakeHeaders(IEnumerable<KeyValuePair<string, StringValues>> headers, int maxBytes = int.MaxValue)
    {
        var all = new List<Header>(UsualCount);
        long total = 0;

        foreach (var (name, values) in headers)
        {
            if (name.Length > 0 && name[0] != ':' && !Unwanted.Contains(name) && SizeOf(name, values) is { } size)
            {
                all.Add(new Header(name, values, size, Wanted.Contains(name)));
                total += size;
            }
        }

        var block = new byte[Math.Min(total, maxBytes)];
        var rest = block.AsSpan();

        Write(all, isWanted: true, ref rest);
        Write(all, isWanted: false, ref rest);
        _block = rest.IsEmpty ? block : block[..^rest.Length];
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

    /// <summary>What a header takes; <see langword="null"/> when there is nothing of it, or a length would not fit.</summary>
    private static int? SizeOf(string name, StringValues values)
    {
        long size = 0;
        var nameLength = Encoding.UTF8.GetByteCount(name);

        foreach (var value in values)
        {
            var length = Encoding.UTF8.GetByteCount(value ?? "");

            if (Math.Max(nameLength, length) > ushort.MaxValue)
            {
                return null;
            }

            size += LengthSize + nameLength + LengthSize + length;
        }

        return size is > 0 and <= int.MaxValue ? (int)size : null;
    }

    /// <summary>Writes the headers of one kind, each that there is still room for.</summary>
    private static void Write(List<Header> headers, bool isWanted, ref Span<byte> rest)
    {
        foreach (var header in headers)
        {
            if (header.IsWanted != isWanted || header.Size > rest.Length)
            {
                continue;
            }

            foreach (var value in header.Values)
            {
                Write(ref rest, header.Name);
                Write(ref rest, value ?? "");
            }
        }
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

    /// <summary>A header that may be kept.</summary>
    private readonly record struct Header(string Name, StringValues Values, int Size, bool IsWanted);
}
