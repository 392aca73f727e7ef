using System.Text.Json;
using Salon.Json;

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
            return Read(frame, "type") == "message" ? Read(frame, "id") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Names are compared as the serializer does: in any case.
    private static string? Read(JsonElement frame, string name) =>
        JavaScriptText.Find(frame, name, ignoreCase: true) is { ValueKind: JsonValueKind.String } value && JavaScriptText.IsWellFormed(value) ? value.GetString() : null;
}
