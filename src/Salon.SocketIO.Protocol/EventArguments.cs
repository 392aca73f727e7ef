using System.Text.Json;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// All arguments of an event that no earlier parameter took, for handlers that do not know how many will come. Emitted, each becomes an
/// argument again. The memory is its own and may be kept.
/// </summary>
/// <example><code>
/// socket.On("message", (EventArguments arguments) => socket.EmitAsync("message-back", arguments));
/// </code></example>
public sealed class EventArguments
{
    private readonly RawJson[] _values;
    private readonly JsonCodec _codec;

    /// <summary>Copies the elements of a payload, from one on.</summary>
    public EventArguments(in JsonPayload payload, int start, JsonCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);

        _codec = codec;
        _values = new RawJson[Math.Max(0, payload.Count - start)];

        for (var i = 0; i < _values.Length; i++)
        {
            _values[i] = new RawJson(payload[start + i].ToArray(), payload.Attachments);
        }
    }

    /// <summary>How many arguments there are.</summary>
    public int Count => _values.Length;

    /// <summary>One argument as it stands on the wire.</summary>
    public RawJson this[int index] => _values[index];

    /// <summary>Reads one argument.</summary>
    /// <exception cref="JsonException">The argument is of another type.</exception>
    public T? Get<T>(int index) =>
        _codec.TryRead<T>(_values[index].Utf8.Span, _values[index].Attachments, out var value)
            ? value
            : throw new JsonException($"Argument {index} is no {typeof(T).Name}.");
}
