using System.Text.Json;

namespace Salon.App.Tests;

/// <summary>Something that the chat told a client unasked.</summary>
internal sealed record ChatEvent(string Name, JsonElement Data)
{
    /// <summary>A property of the event's data, as text.</summary>
    public string? this[string property] => Data.GetProperty(property).ToString();
}
