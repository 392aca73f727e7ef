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

    internal JsonPayload Detach() =>
        new(Json.ToArray(), _bounds is null ? [] : _bounds[..(Count * 2)], Count, EventName.ToArray(), Attachments ?? []);
}
