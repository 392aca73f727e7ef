using System.Globalization;
using System.Reflection;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

/// <summary>
/// Gives a handler its arguments, one after the other, from the packet's JSON. What does not fit becomes an error for the client, never
/// an exception.
/// </summary>
internal ref struct EventBinder(Socket socket, in Packet packet, Ack ack, EventListener listener)
{
    private readonly JsonPayload _payload = packet.Payload;

    // The first element is the event's name.
    private int _element = 1;
    private int _parameter;
    private IdempotencyKey? _id;

    /// <summary>What is wrong with the arguments, once <see cref="TryNext"/> returned <see langword="false"/>.</summary>
    public string? Error { get; private set; }

    public bool TryNext<T>(out T value)
    {
        var parameter = _parameter++;

        if (typeof(T) == typeof(Ack))
        {
            value = (T)(object)ack;
            return true;
        }

        if (typeof(T) == typeof(EventArguments))
        {
            value = (T)(object)new EventArguments(_payload, _element, socket.Codec);
            _element = _payload.Count;
            return true;
        }

        if (IsAtEnd)
        {
            return TryNull(parameter, "is missing", out value);
        }

        var element = _element++;
        var json = _payload[element];

        if (typeof(T) == typeof(IdempotencyKey))
        {
            var isRead = TryReadId(json.Span, out var id);
            value = (T)(object)id;

            if (!isRead)
            {
                Fail(parameter, $"must be a text of 1 to {IdempotencyKey.MaxLength} characters, or a whole number");
            }

            _id = id;
            return isRead;
        }

        if (typeof(T) == typeof(RawJson))
        {
            value = (T)(object)new RawJson(json.ToArray(), _payload.Attachments);
            return true;
        }

        if (!socket.Codec.TryRead(json.Span, _payload.Attachments, out T? read))
        {
            Fail(parameter, $"must be {Describe(typeof(T))}");
            value = default!;
            return false;
        }

        value = read!;
        return read is not null || TryNull(parameter, "must not be null", out value);
    }

    /// <summary>Whether all arguments are taken.</summary>
    public readonly bool IsAtEnd => _element >= _payload.Count;

    /// <summary>Passes over a parameter that is not for an argument.</summary>
    public void Skip() => _parameter++;

    /// <summary>Whether the handler is called with these arguments: not for an event that has come before.</summary>
    public readonly bool TryBegin() =>
        _id is not { } id
        || !ack.IsRequested
        || socket.State.GetSeen(socket.Namespace.Server.Options.IdempotencyWindow).TryBegin(listener.EventName, id.Value, ack)
        || IsRepeated();

    private readonly bool IsRepeated()
    {
        socket.Namespace.Server.Metrics.OnEventRepeated();
        return false;
    }

    private readonly bool TryReadId(ReadOnlySpan<byte> json, out IdempotencyKey id)
    {
        var text = socket.Codec.TryRead(json, [], out string? read) ? read : null;

        if (text is null && socket.Codec.TryRead(json, [], out long number))
        {
            text = number.ToString(CultureInfo.InvariantCulture);
        }

        id = new IdempotencyKey(text ?? "");
        return text is { Length: > 0 and <= IdempotencyKey.MaxLength };
    }

    /// <summary>Nothing, where the parameter's type allows it: <c>int?</c> and <c>string?</c> do, <c>int</c> and <c>string</c> do not.</summary>
    private bool TryNull<T>(int parameter, string complaint, out T value)
    {
        value = default!;

        // Looked up only here, since reflection is slow and nulls are rare.
        if (default(T) is null && IsNullable(parameter))
        {
            return true;
        }

        Fail(parameter, complaint);
        return false;
    }

    private readonly bool IsNullable(int parameter)
    {
        var info = listener.Method.GetParameters()[parameter];

        return Nullable.GetUnderlyingType(info.ParameterType) is not null
            || new NullabilityInfoContext().Create(info).WriteState != NullabilityState.NotNull;
    }

    private void Fail(int parameter, string complaint)
    {
        var name = listener.Method.GetParameters()[parameter].Name;
        Error = $"Argument {parameter + 1} ({name}) {complaint}.";
    }

    private static string Describe(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.String => "a string",
        TypeCode.Boolean => "a boolean",
        TypeCode.Byte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number",
        TypeCode.DateTime => "a date",
        _ when type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>) => "binary data",
        _ when type.IsArray => "an array",
        _ => "an object of the expected shape",
    };
}
