using System.Text.Json;
using System.Text.Unicode;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Checks a payload in one pass: that it is JSON, that it has the shape of its packet's type, that each placeholder stands for an
/// attachment that will come; and notes where the elements are. Owned by one decoder, whose last packet it describes.
/// </summary>
internal sealed class PayloadScanner
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

        if (_bounds.Length > KeptBounds)
        {
            // One payload with a million elements must not cost the connection megabytes for the rest of its life.
            _bounds = new int[InitialBounds];
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
            return false;
        }

        ReadOnlyMemory<byte> name = default;

        if (type == PacketType.Event && !TryReadName(json, out name))
        {
            return false;
        }

        payload = new JsonPayload(json, _bounds, _count, name, []);
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

            if (isElements)
            {
                AddElement(start, (int)reader.BytesConsumed);
            }
        }

        return false;
    }

    private void AddElement(int start, int end)
    {
        if (_bounds.Length < (_count + 1) * 2)
        {
            Array.Resize(ref _bounds, _bounds.Length * 2);
        }

        _bounds[_count * 2] = start;
        _bounds[(_count * 2) + 1] = end;
        _count++;
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

    private static byte[] Unescape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var buffer = new byte[json.Length];
        return buffer[..reader.CopyString(buffer)];
    }
}
