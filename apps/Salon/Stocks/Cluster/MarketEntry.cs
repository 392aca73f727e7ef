using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Salon.App.Streaming;
using Salon.Redis;

namespace Salon.App.Stocks.Cluster;

/// <summary>A step of the market as it is in the stream in Redis: with the events as every node tells them.</summary>
/// <param name="Epoch">The run of the market.</param>
/// <param name="Origin">When it began.</param>
/// <param name="First">The sequence of the first of its events.</param>
/// <param name="Batch">The step.</param>
internal sealed record MarketEntry(string Epoch, long Origin, long First, MarketBatch Batch)
{
    private const string EpochField = "epoch";
    private const string OriginField = "origin";
    private const string FirstField = "first";
    private const string StepField = "step";
    private const string EventsField = "events";

    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> ToFields() =>
    [
        new(EpochField, Encoding.UTF8.GetBytes(Epoch)),
        new(OriginField, ToBytes(Origin)),
        new(FirstField, ToBytes(First)),
        new(StepField, WriteStep()),
        new(EventsField, WriteEvents()),
    ];

    /// <summary>Reads an entry of the stream; <see langword="null"/> for one that is no step.</summary>
    /// <exception cref="InvalidDataException">It looks like one and cannot be read.</exception>
    public static MarketEntry? Read(StreamEntry entry)
    {
        var fields = entry.Fields;

        if (!fields.TryGetValue(EpochField, out var epoch)
            || !fields.TryGetValue(OriginField, out var origin)
            || !fields.TryGetValue(FirstField, out var first)
            || !fields.TryGetValue(StepField, out var step)
            || !fields.TryGetValue(EventsField, out var events))
        {
            return null;
        }

        try
        {
            return new MarketEntry(Encoding.UTF8.GetString(epoch.Span), ToNumber(origin), ToNumber(first), new MarketBatch(ReadStep(step), ReadEvents(events)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The step {entry.Id} of the market cannot be read.", exception);
        }
    }

    // [time, open, listing, price, size, listing, price, size, …]: all trades of a step have its time.
    private byte[] WriteStep()
    {
        var step = Batch.Step;
        long[] numbers = [step.Time, step.IsOpen ? 1 : 0, .. step.Trades.SelectMany(static trade => new[] { trade.Listing, trade.Price, trade.Size })];
        return JsonSerializer.SerializeToUtf8Bytes(numbers);
    }

    private static MarketStep ReadStep(ReadOnlyMemory<byte> json)
    {
        var numbers = JsonSerializer.Deserialize<long[]>(json.Span) ?? throw new JsonException("There are no numbers.");
        var time = numbers[0];
        return new MarketStep(time, numbers[1] == 1, [.. numbers.Skip(2).Chunk(3).Select(trade => new Trade((int)trade[0], trade[1], trade[2], time))]);
    }

    // [[name, topic, key, data], …]
    private byte[] WriteEvents()
    {
        using var buffer = new MemoryStream();

        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();

            foreach (var next in Batch.Events)
            {
                json.WriteStartArray();
                json.WriteStringValue(next.Name);
                json.WriteNumberValue(next.Topic);
                json.WriteNumberValue(next.Key);
                json.WriteRawValue(next.Data.Span, skipInputValidation: true);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static NewEvent[] ReadEvents(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);

        return [.. document.RootElement.EnumerateArray().Select(static item => new NewEvent(
            item[0].GetString() ?? throw new JsonException("An event has no name."),
            JsonMarshal.GetRawUtf8Value(item[3]).ToArray(),
            item[1].GetInt32(),
            item[2].GetInt32()))];
    }

    private static byte[] ToBytes(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static long ToNumber(ReadOnlyMemory<byte> text) => long.Parse(text.Span, CultureInfo.InvariantCulture);
}
