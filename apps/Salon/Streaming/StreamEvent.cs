namespace Salon.App.Streaming;

/// <summary>
/// What readers get, in each of the forms in which they get it: a form is made once, and the same bytes go to all. Immutable, thread-safe.
/// </summary>
internal sealed class StreamEvent
{
    /// <summary>The topic of what is for everybody.</summary>
    public const int NoTopic = -1;

    /// <summary>The key of what no later event makes up for.</summary>
    public const int NoKey = -1;

    // Two threads that come at once make the same bytes; which of them stay does not matter.
    private byte[]? _sse;
    private byte[]? _frame;

    /// <param name="id">Its place; <see langword="null"/> for what is in no ring, and leaves the reader where it was.</param>
    /// <param name="source">What it says.</param>
    public StreamEvent(StreamId? id, in NewEvent source) =>
        (Id, Name, Data, Topic, Key) = (id, source.Name, source.Data, source.Topic, source.Key);

    public StreamId? Id { get; }

    /// <summary>Its place in its epoch; 0 without one.</summary>
    public long Sequence => Id?.Sequence ?? 0;

    public string Name { get; }

    /// <summary>JSON, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <inheritdoc cref="NewEvent" path="/param[@name='Topic']"/>
    public int Topic { get; }

    /// <inheritdoc cref="NewEvent" path="/param[@name='Key']"/>
    public int Key { get; }

    /// <summary>As it is in an event stream, the empty line at its end included.</summary>
    public ReadOnlyMemory<byte> Sse => _sse ??= SseFormat.Event(Name, Data.Span, Id);

    /// <summary>As a poll or a WebSocket gets it: <c>{"id","event","data"}</c>.</summary>
    public ReadOnlyMemory<byte> Frame => _frame ??= FrameFormat.Event(Name, Data.Span, Id);

    public override string ToString() => $"{Name} {Id}";
}
