using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Salon.SocketIO.Protocol;

/// <summary>Turns arguments into JSON and JSON into arguments; binary data becomes attachments at any depth. Thread-safe.</summary>
public sealed class JsonCodec
{
    private readonly JsonSerializerOptions _options;

    /// <summary>Creates a codec.</summary>
    /// <param name="options">
    /// How values are written; copied. Without them, the defaults of the web (camelCase). A source-generated resolver makes the codec
    /// work without reflection.
    /// </param>
    /// <param name="builtIn">Knows the types of the library itself, whatever the resolver of the options knows.</param>
    public JsonCodec(JsonSerializerOptions? options = null, IJsonTypeInfoResolver? builtIn = null)
    {
        _options = options is null ? new JsonSerializerOptions(JsonSerializerDefaults.Web) : new JsonSerializerOptions(options);
        _options.Converters.Insert(0, new ByteArrayConverter());
        _options.Converters.Insert(0, new ReadOnlyMemoryConverter());
        _options.Converters.Insert(0, new MemoryConverter());
        _options.Converters.Insert(0, new RawJsonConverter());
        FiniteNumbers.AddTo(_options);

        // No browser takes a packet for a page, so nothing needs escaping beyond what JSON itself demands.
        _options.Encoder ??= JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

        if (_options.TypeInfoResolver is null && JsonSerializer.IsReflectionEnabledByDefault)
        {
            _options.TypeInfoResolver = CreateReflectionResolver();
        }

        _options.TypeInfoResolver = _options.TypeInfoResolver?.WithAddedModifier(FiniteNumbers.Respect);

        if (builtIn is not null)
        {
            _options.TypeInfoResolverChain.Insert(0, builtIn);
        }

        _options.MakeReadOnly();
    }

    internal JsonWriterOptions WriterOptions => new() { Encoder = _options.Encoder, SkipValidation = true };

    /// <summary>Reads one value.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="attachments">What its placeholders stand for.</param>
    /// <param name="value">The value; <see langword="null"/> when the JSON says so.</param>
    /// <returns><see langword="false"/> when the JSON does not fit the type.</returns>
    /// <exception cref="NotSupportedException">No value of this type can be read, or the resolver does not know it.</exception>
    public bool TryRead<T>(ReadOnlySpan<byte> json, IReadOnlyList<byte[]> attachments, out T? value)
    {
        var outer = AttachmentScope.Incoming;
        AttachmentScope.Incoming = attachments;

        try
        {
            return TryDeserialize(json, out value) || (WholeNumbers.TryRewrite(json, out var rewritten) && TryDeserialize(rewritten, out value));
        }
        finally
        {
            AttachmentScope.Incoming = outer;
        }
    }

    /// <summary>Writes one value.</summary>
    internal void Write<T>(Utf8JsonWriter writer, T value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;

            case string text:
                writer.WriteStringValue(text);
                break;

            case RawJson raw:
                RawJsonConverter.Write(writer, raw);
                break;

            default:
                // For an argument that is declared as object, what it really is.
                if (typeof(T) == typeof(object))
                {
                    JsonSerializer.Serialize(writer, value, _options.GetTypeInfo(value.GetType()));
                }
                else
                {
                    JsonSerializer.Serialize(writer, value, GetTypeInfo<T>());
                }

                break;
        }
    }

    private bool TryDeserialize<T>(ReadOnlySpan<byte> json, out T? value)
    {
        try
        {
            value = JsonSerializer.Deserialize(json, GetTypeInfo<T>());
            return true;
        }
        catch (JsonException)
        {
            value = default;
            return false;
        }
    }

    private JsonTypeInfo<T> GetTypeInfo<T>() => (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Reached only where reflection is enabled, which trimming disables.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Reached only where reflection is enabled, which AOT disables.")]
    private static DefaultJsonTypeInfoResolver CreateReflectionResolver() => new();
}
