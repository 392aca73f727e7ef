using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.App.NativeChat;

/// <summary>What the server sends: JSON in a text frame, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(HelloFrame), "hello")]
[JsonDerivedType(typeof(WelcomeFrame), "welcome")]
[JsonDerivedType(typeof(MessageFrame), "message")]
[JsonDerivedType(typeof(PresenceFrame), "presence")]
[JsonDerivedType(typeof(ErrorFrame), "error")]
[JsonDerivedType(typeof(PongFrame), "pong")]
internal abstract record ServerFrame
{
    // It is read by people, and nobody puts it into HTML: é stays é.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The payload of the frame. Whoever sends it to many encodes it once.</summary>
    public ReadOnlyMemory<byte> Encode() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}

/// <summary>The first frame of every connection.</summary>
/// <param name="Version">Of this protocol.</param>
/// <param name="MaxLength">How many characters a message may have.</param>
internal sealed record HelloFrame(int Version, int MaxLength) : ServerFrame;

/// <param name="Name">The name as others see it.</param>
/// <param name="People">Who is here, the newcomer included.</param>
/// <param name="History">What was said last, oldest first.</param>
internal sealed record WelcomeFrame(string Name, IReadOnlyList<string> People, IReadOnlyList<MessageFrame> History) : ServerFrame;

/// <param name="Id">The id that the writer gave it; <paramref name="Name"/> and id together are unique.</param>
/// <param name="Name">Who.</param>
/// <param name="Text">What.</param>
/// <param name="Time">When, in UTC.</param>
internal sealed record MessageFrame(string Id, string Name, string Text, DateTime Time) : ServerFrame;

/// <summary>Somebody has come, or gone.</summary>
internal sealed record PresenceFrame(string Name, bool Here) : ServerFrame;

/// <param name="Code">Stable; clients translate it.</param>
/// <param name="Message">For whoever reads along.</param>
/// <param name="Id">The message that was refused, if it was one.</param>
/// <param name="RetryAfter">In how many seconds it may be tried again.</param>
internal sealed record ErrorFrame(string Code, string Message, string? Id = null, double? RetryAfter = null) : ServerFrame;

internal sealed record PongFrame : ServerFrame;
