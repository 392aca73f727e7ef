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
}
