using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Salon.SocketIO.Protocol;

/// <summary>
/// Writes NaN and the infinities as <c>null</c>, as <c>JSON.stringify</c> does: JSON has no word for them, and one of them among a
/// thousand values must not make the whole event fail. Everything else is left to the converter of System.Text.Json.
/// </summary>
internal sealed class FiniteNumberConverter<T>(JsonConverter<T> inner) : JsonConverter<T>
    where T : struct, IFloatingPointIeee754<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return inner.Read(ref reader, typeToConvert, options);
        }

        // What the options allow is seen to by System.Text.Json for its own converters only.
        return (options.NumberHandling & JsonNumberHandling.AllowReadingFromString) != 0
            && T.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && T.IsFinite(value)
                ? value
                : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (!T.IsFinite(value))
        {
            writer.WriteNullValue();
        }
        else if ((options.NumberHandling & JsonNumberHandling.WriteAsString) != 0)
        {
            writer.WriteStringValue(ToText(value));
        }
        else
        {
            inner.Write(writer, value, options);
        }
    }

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(ToText(value));

    private static string ToText(T value) => value.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>Puts the converters into the options of a codec.</summary>
internal static class FiniteNumbers
{
    public static void AddTo(JsonSerializerOptions options)
    {
        // Whoever wants them by name gets them by name; a converter of the app's own is asked instead of these.
        if ((options.NumberHandling & JsonNumberHandling.AllowNamedFloatingPointLiterals) == 0)
        {
            options.Converters.Add(new FiniteNumberConverter<double>(JsonMetadataServices.DoubleConverter));
            options.Converters.Add(new FiniteNumberConverter<float>(JsonMetadataServices.SingleConverter));
            options.Converters.Add(new FiniteNumberConverter<Half>(JsonMetadataServices.HalfConverter));
        }
    }

    /// <summary>A property or type with an attribute for its numbers is handled as it says, which System.Text.Json does for its own converters only.</summary>
    public static void Respect(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if ((property.NumberHandling ?? type.NumberHandling) is not null && property.CustomConverter is null)
            {
                property.CustomConverter = Find(property.PropertyType);
            }
        }
    }

    private static JsonConverter? Find(Type type) =>
        type == typeof(double) ? JsonMetadataServices.DoubleConverter
            : type == typeof(float) ? JsonMetadataServices.SingleConverter
            : type == typeof(Half) ? JsonMetadataServices.HalfConverter
            : null;
}
