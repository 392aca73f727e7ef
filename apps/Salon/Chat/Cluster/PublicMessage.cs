using System.Text.Json;
using System.Text.Json.Serialization;

namespace Salon.App.Chat.Cluster;

/// <summary>A message on <c>chat:messages</c>, which programs in any language read and write.</summary>
/// <param name="Username">Who.</param>
/// <param name="Room">The room's name.</param>
/// <param name="Message">What.</param>
/// <param name="Time">When, in UTC; programs may leave it out.</param>
/// <param name="Node">The node of Salon that it comes from; other programs leave it out.</param>
internal sealed record PublicMessage(
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("room")] string? Room,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("time")] JsonElement? Time,
    [property: JsonPropertyName("node"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Node);

/// <summary>An arrival or departure on <c>chat:room-notifications</c>.</summary>
/// <inheritdoc cref="PublicMessage"/>
internal sealed record PublicNotification(
    [property: JsonPropertyName("room")] string? Room,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("node"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Node);
