using System.Text.Json;
using System.Text.Unicode;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Checks a payload in one pass: that it is JSON, that it has the shape of its packet's type, that each placeholder stands for an
/// attachment that will come; and notes where the elements are. Owned by one decoder, whose last packet it describes.
/// </summary>
/// <param name="maxElements">How many elements an array may have that is kept until its attachments come: each costs more here than on the wire.</param>
internal sealed class PayloadScanner(int maxElements)
{
    private const int MaxDepth = 64;
    private const int InitialBounds = 8;
    private const int KeptBounds = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    private int[] _bounds = new int[InitialBounds];
    private int _count;

    public bool TryScan(PacketType type, ReadOnlyMemory<byte> json, int attachmentCount, out JsonPayload payload)
    {
        json = LoneSurrogates.Replace(json);
        payload = new JsonPayload(json, [], 0, default, []);

        if (json.IsEmpty)
        {
            // The reference checks the shape only of what is there. An event without a name reaches no handler.
            return attachmentCount == 0;
        }

        if (type == PacketType.Disconnect)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json.Span, ReaderOptions);

            if (!reader.Read() || !HasShape(type, reader.TokenType))
            {
                return false;
            }

            _count = 0;

            if (!TryScanValue(ref reader, attachmentCount, isRoot: true) || reader.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            Release();
            return false;
        }

        ReadOnlyMemory<byte> name = default;

        if (type == PacketType.Event && !TryReadName(json, out name))
        {
            return false;
        }

        payload = new JsonPayload(json, _bounds, _count, name, []);
        Release();
        return true;
    }

    private static bool HasShape(PacketType type, JsonTokenType first) => type switch
    {
        PacketType.Connect => first == JsonTokenType.StartObject,
        PacketType.ConnectError => first is JsonTokenType.StartObject or JsonTokenType.String,
        _ => first == JsonTokenType.StartArray,
    };

    /// <summary>Reads to the end of the value that the reader stands on.</summary>
    private bool TryScanValue(ref Utf8JsonReader reader, int attachmentCount, bool isRoot)
    {
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return true;
        }

        var isElements = isRoot && reader.TokenType == JsonTokenType.StartArray;
        var placeholder = new PlaceholderCheck(reader.TokenType == JsonTokenType.StartObject);

        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    return placeholder.IsValid(attachmentCount);

                case JsonTokenType.PropertyName:
                    placeholder.OnProperty(reader);
                    continue;
            }

            placeholder.OnValue(reader);
            var start = (int)reader.TokenStartIndex;

            // The depth is bounded by the reader, so the recursion is too.
            if (!TryScanValue(ref reader, attachmentCount, isRoot: false))
            {
                return false;
            }

            if (isElements && !TryAddElement(start, (int)reader.BytesConsumed, attachmentCount > 0 ? maxElements : int.MaxValue))
            {
                return false;
            }
        }

        return false;
    }

    private bool TryAddElement(int start, int end, int max)
    {
        if (_count == max)
        {
            return false;
        }

        if (_bounds.Length < (_count + 1) * 2)
        {
            Array.Resize(ref _bounds, _bounds.Length * 2);
        }

        _bounds[_count * 2] = start;
        _bounds[(_count * 2) + 1] = end;
        _count++;
        return true;
    }

    /// <summary>An event begins with its name: a string that is not reserved, or a number.</summary>
    private bool TryReadName(ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> name)
    {
        name = default;

        if (_count == 0)
        {
            return false;
        }

        var first = json[_bounds[0].._bounds[1]];
        var start = first.Span[0];

        if (start != '"')
        {
            name = first;
            return start == '-' || char.IsAsciiDigit((char)start);
        }

        name = first[1..^1];

        if (name.Span.Contains((byte)'\\'))
        {
            // Transports let valid UTF-8 through only; whoever uses the decoder without them may not.
            if (!Utf8.IsValid(name.Span))
            {
                return false;
            }

            name = Unescape(first.Span);
        }

        return !ReservedEvents.Contains(name.Span);
    }

    // One payload with thousands of elements must not cost the connection for the rest of its life: then the list is the payload's own.
    private void Release()
    {
        if (_bounds.Length > KeptBounds)
        {
            _bounds = new int[InitialBounds];
        }
    }

    private static byte[] Unescape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var buffer = new byte[json.Length];
        return buffer[..reader.CopyString(buffer)];
    }
}
