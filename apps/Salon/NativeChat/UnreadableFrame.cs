using System.Text.Json;

namespace Salon.App.NativeChat;

/// <summary>
/// What can be told of a frame that is none: half an emoji in its text, which JSON can say and no text can hold, must not hide which message
/// it is, or its writer sends it again for ever.
/// </summary>
internal static class UnreadableFrame
{
    /// <summary>The id of the message, if it is one and has one.</summary>
    public static string? FindId(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);

        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var frame = document.RootElement;
            return frame.ValueKind == JsonValueKind.Object && Read(frame, "type") == "message" ? Read(frame, "id") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Read(JsonElement frame, string name) => Find(frame, name) is { } value ? ReadText(value) : null;

    // Names are compared as the serializer does: in any case. Names may be broken, too: they are compared as they are written.
    private static JsonElement? Find(JsonElement frame, string name)
    {
        JsonElement? found = null;

        foreach (var property in frame.EnumerateObject())
        {
            if (!IsBroken(property) && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = property.Value;
            }
        }

        return found;
    }

    private static bool IsBroken(JsonProperty property)
    {
        try
        {
            return property.Name is null;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string? ReadText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }
}
