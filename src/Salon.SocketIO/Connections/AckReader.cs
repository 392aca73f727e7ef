using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Connections;

/// <summary>Reads the arguments of an answer as the type that is waited for.</summary>
internal static class AckReader
{
    /// <returns><see langword="false"/> when the answer is of another type. An answer without arguments is the type's default.</returns>
    public static bool TryRead<T>(in JsonPayload payload, JsonCodec codec, out T? value)
    {
        if (typeof(T) == typeof(EventArguments))
        {
            value = (T)(object)new EventArguments(payload, start: 0, codec);
            return true;
        }

        if (payload.Count == 0)
        {
            value = default;
            return true;
        }

        if (typeof(T) == typeof(RawJson))
        {
            value = (T)(object)new RawJson(payload[0].ToArray(), payload.Attachments);
            return true;
        }

        return codec.TryRead(payload[0].Span, payload.Attachments, out value);
    }

    /// <summary>Reads the first values of many answers. Those of another type are left out.</summary>
    public static IReadOnlyList<T?> ReadAll<T>(IEnumerable<RawJson> responses, JsonCodec codec)
    {
        var values = new List<T?>();

        foreach (var response in responses)
        {
            if (typeof(T) == typeof(RawJson))
            {
                values.Add((T)(object)response);
            }
            else if (codec.TryRead(response.Utf8.Span, response.Attachments, out T? value))
            {
                values.Add(value);
            }
        }

        return values;
    }
}
