using System.Buffers;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Salon.SocketIO.Redis.Flask.Pickling;

/// <summary>
/// Turns a message that python-socketio before 5.14 has pickled into what later versions would have sent. What it makes of a message is
/// no more than the message would be without references to itself.
/// </summary>
internal sealed class PickledMessage
{
    // As in JSON.
    private const int MaxDepth = 64;

    private const int PlaceholderLength = 32;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _writer;
    private readonly List<byte[]> _attachments = [];
    private int _budget;

    private PickledMessage(Utf8JsonWriter writer, int maxBytes) => (_writer, _budget) = (writer, maxBytes);

    /// <summary>Reads a pickle and writes it as JSON.</summary>
    /// <exception cref="FormatException">It is none, or no message.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> pickle, int maxBytes)
    {
        var message = PickleReader.Read(pickle) as OrderedDictionary<string, object?> ?? throw new FormatException("The message is no map.");
        var output = new ArrayBufferWriter<byte>(pickle.Length);
        using var writer = new Utf8JsonWriter(output, Options);
        new PickledMessage(writer, maxBytes).Write(message);
        writer.Flush();
        return output.WrittenMemory;
    }

    private void Write(OrderedDictionary<string, object?> message)
    {
        var arguments = message.TryGetValue("method", out var method) && method is "callback" ? "args" : "data";
        _writer.WriteStartObject();

        foreach (var (name, value) in message)
        {
            if (name is not ("data" or "args" or "binary"))
            {
                _writer.WritePropertyName(name);
                Write(value, depth: 1, mayBeBinary: false);
            }
        }

        if (message.TryGetValue(arguments, out var values))
        {
            WriteArguments(arguments, values);
        }

        _writer.WriteEndObject();
    }

    private void WriteArguments(string name, object? arguments)
    {
        _writer.WriteBoolean("binary", true);
        _writer.WriteStartArray(name);
        _writer.WriteStartArray();

        // Only a tuple is several arguments; a list is one.
        foreach (var argument in arguments is PickleTuple tuple ? tuple.Items : [arguments])
        {
            Write(argument, depth: 3, mayBeBinary: true);
        }

        _writer.WriteEndArray();

        foreach (var attachment in _attachments)
        {
            _writer.WriteBase64StringValue(attachment);
        }

        _writer.WriteEndArray();
    }

    private void Write(object? value, int depth, bool mayBeBinary)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException("The pickle is too deep, or holds itself.");
        }

        Spend(1);

        switch (value)
        {
            case null:
                _writer.WriteNullValue();
                break;

            case bool flag:
                _writer.WriteBooleanValue(flag);
                break;

            case long number:
                Spend(number is >= 0 and <= byte.MaxValue ? 1 : sizeof(int));
                _writer.WriteNumberValue(number);
                break;

            case BigInteger number:
                Spend(number.GetByteCount());
                _writer.WriteRawValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;

            case double number:
                Spend(sizeof(double));
                WriteNumber(number);
                break;

            case string text:
                Spend(text.Length);
                _writer.WriteStringValue(text);
                break;

            case byte[] data when mayBeBinary:
                WritePlaceholder(data);
                break;

            case List<object?> list:
                WriteList(list, depth, mayBeBinary);
                break;

            case PickleTuple tuple:
                WriteList(tuple.Items, depth, mayBeBinary);
                break;

            case OrderedDictionary<string, object?> map:
                WriteMap(map, depth, mayBeBinary);
                break;

            default:
                throw new FormatException("The pickle holds binary data where there can be none.");
        }
    }

    // JSON has no others; JavaScript does the same.
    private void WriteNumber(double number)
    {
        if (double.IsFinite(number))
        {
            _writer.WriteNumberValue(number);
        }
        else
        {
            _writer.WriteNullValue();
        }
    }

    private void WritePlaceholder(byte[] data)
    {
        Spend(data.Length + PlaceholderLength);
        _writer.WriteStartObject();
        _writer.WriteBoolean("_placeholder", true);
        _writer.WriteNumber("num", _attachments.Count);
        _writer.WriteEndObject();
        _attachments.Add(data);
    }

    private void WriteList(IReadOnlyList<object?> items, int depth, bool mayBeBinary)
    {
        _writer.WriteStartArray();

        foreach (var item in items)
        {
            Write(item, depth + 1, mayBeBinary);
        }

        _writer.WriteEndArray();
    }

    private void WriteMap(OrderedDictionary<string, object?> map, int depth, bool mayBeBinary)
    {
        _writer.WriteStartObject();

        foreach (var (name, value) in map)
        {
            Spend(name.Length);
            _writer.WritePropertyName(name);
            Write(value, depth + 1, mayBeBinary);
        }

        _writer.WriteEndObject();
    }

    private void Spend(int cost)
    {
        _budget -= cost;

        if (_budget < 0)
        {
            throw new FormatException("The pickle says the same too often.");
        }
    }
}
