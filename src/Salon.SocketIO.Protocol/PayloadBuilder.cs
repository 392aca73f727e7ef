using System.Buffers;
using System.Text.Json;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Writes the data of an outgoing packet: a JSON array and the attachments that are found in it. Rented from the thread for one packet,
/// so that no packet allocates a writer. Not thread-safe.
/// </summary>
public sealed class PayloadBuilder : IDisposable
{
    private const int KeptCapacity = 64 * 1024;

    [ThreadStatic]
    private static PayloadBuilder? t_spare;

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly List<ReadOnlyMemory<byte>> _attachments = [];
    private Utf8JsonWriter? _writer;
    private JsonCodec? _codec;

    private PayloadBuilder()
    {
    }

    /// <summary>The JSON, once <see cref="Complete"/> was called; valid until disposal.</summary>
    public ReadOnlySpan<byte> Json => _buffer.WrittenSpan;

    /// <summary>The attachments, in the order of their numbers; valid until disposal.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => _attachments;

    /// <summary>Begins the data of an event.</summary>
    public static PayloadBuilder StartEvent(JsonCodec codec, string name)
    {
        var builder = StartAck(codec);
        builder._writer!.WriteStringValue(name);
        return builder;
    }

    /// <summary>Begins the data of an ack.</summary>
    public static PayloadBuilder StartAck(JsonCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);

        var builder = Rent(codec);
        builder._writer!.WriteStartArray();
        return builder;
    }

    /// <summary>Begins the data of another packet: one value, not an array.</summary>
    public static PayloadBuilder WriteValue<T>(JsonCodec codec, T value)
    {
        ArgumentNullException.ThrowIfNull(codec);

        var builder = Rent(codec);
        builder.Add(value);
        builder._writer!.Flush();
        return builder;
    }

    /// <summary>Adds an argument; of <see cref="EventArguments"/>, all of them.</summary>
    public void Add<T>(T value)
    {
        if (value is EventArguments arguments)
        {
            for (var i = 0; i < arguments.Count; i++)
            {
                Add(arguments[i]);
            }

            return;
        }

        var outer = AttachmentScope.Outgoing;
        AttachmentScope.Outgoing = _attachments;

        try
        {
            _codec!.Write(_writer!, value);
        }
        finally
        {
            AttachmentScope.Outgoing = outer;
        }
    }

    /// <summary>Adds arguments of any type.</summary>
    public void AddAll(ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            Add(value);
        }
    }

    /// <summary>Ends the array.</summary>
    public void Complete()
    {
        _writer!.WriteEndArray();
        _writer.Flush();
    }

    /// <summary>Gives the builder back to the thread.</summary>
    public void Dispose()
    {
        if (_buffer.Capacity <= KeptCapacity)
        {
            t_spare = this;
        }

        _attachments.Clear();
    }

    private static PayloadBuilder Rent(JsonCodec codec)
    {
        // A converter that emits while it writes finds no spare one, and gets a new one.
        var builder = t_spare ?? new PayloadBuilder();
        t_spare = null;

        builder._buffer.ResetWrittenCount();
        builder._attachments.Clear();

        if (builder._codec == codec)
        {
            builder._writer!.Reset();
        }
        else
        {
            builder._codec = codec;
            builder._writer = new Utf8JsonWriter(builder._buffer, codec.WriterOptions);
        }

        return builder;
    }
}
