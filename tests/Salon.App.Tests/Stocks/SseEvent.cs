using System.Text.Json;

namespace Salon.App.Tests.Stocks;

/// <summary>An event as a client of an event stream sees it; a comment is one without anything.</summary>
internal sealed record SseEvent(string? Id, string Name, string Data, string? Retry, string? Comment)
{
    public long Sequence => long.Parse(Id!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    public JsonElement Json => JsonDocument.Parse(Data).RootElement;

    public override string ToString() => $"{Name} {Id} {Data}";
}
