namespace Salon.SocketIO.Protocol;

/// <summary>
/// The data of a packet: checked JSON, where the elements of its array begin and end, and the attachments that its placeholders stand for.
/// </summary>
public readonly struct JsonPayload
{
    private readonly int[] _bounds;

    internal JsonPayload(ReadOnlyMemory<byte> json, int[] bounds, int count, ReadOnlyMemory<byte> eventName, IReadOnlyList<byte[]> attachments)
    {
        _bounds = bounds;
        Json = json;
        Count = count;
        EventName = eventName;
        Attachments = attachments;
    }

    /// <summary>The JSON as it came; empty when the packet has no payload.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>How many elements the array has; 0 when the JSON is not an array.</summary>
    public int Count { get; }

    /// <summary>The name of an event in UTF-8, without quotes and escapes; empty when the packet is no event.</summary>
    public ReadOnlyMemory<byte> EventName { get; }

    /// <summary>The attachments, in the order of their numbers.</summary>
    public IReadOnlyList<byte[]> Attachments { get; }

    /// <summary>How many bytes the payload occupies once it is detached: its JSON, the places of its elements, its attachments.</summary>
    public long Size
    {
        get
        {
            var size = Json.Length + (Json.Span.Overlaps(EventName.Span) ? 0 : EventName.Length) + (2L * sizeof(int) * Count);

            // By index: an enumerator would be allocated for each packet.
            for (var i = 0; i < (Attachments?.Count ?? 0); i++)
            {
                size += Attachments![i].Length;
            }

            return size;
        }
    }

    /// <summary>The JSON of one element of the array.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));

            return Json[_bounds[index * 2].._bounds[(index * 2) + 1]];
        }
    }

    internal JsonPayload With(IReadOnlyList<byte[]> attachments) => new(Json, _bounds, Count, EventName, attachments);

    internal JsonPayload Detach()
    {
        var json = Json.ToArray();

        // The name stands in the JSON, unless it had escapes.
        ReadOnlyMemory<byte> name = Json.Span.Overlaps(EventName.Span, out var offset)
            ? json.AsMemory(offset, EventName.Length)
            : EventName.ToArray();

        return new JsonPayload(json, _bounds is null ? [] : _bounds[..(Count * 2)], Count, name, Attachments ?? []);
    }
}
