using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.App.NativeChat;

/// <summary>What a client sends: JSON in a text frame, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(JoinFrame), "join")]
[JsonDerivedType(typeof(SayFrame), "message")]
[JsonDerivedType(typeof(PingFrame), "ping")]
internal abstract record ClientFrame
{
    // A client may write the type wherever it likes.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    /// <returns><see langword="false"/> when it is none of the frames below.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClientFrame? frame)
    {
        try
        {
            frame = JsonSerializer.Deserialize<ClientFrame>(utf8, Options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            // The latter when there is no type.
            frame = null;
        }

        return frame is not null;
    }
}

/// <param name="Name">The name that the client would like to have.</param>
/// <param name="Session">A secret of its own making, by which it gets its name back when its connection was lost.</param>
internal sealed record JoinFrame(string? Name, string? Session) : ClientFrame;

/// <param name="Id">The client's own id for the message: sent twice, it is said once.</param>
/// <param name="Text">What is said.</param>
internal sealed record SayFrame(string? Id, string? Text) : ClientFrame;

internal sealed record PingFrame : ClientFrame;
