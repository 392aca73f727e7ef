using System.Buffers;
using System.Text;

namespace Salon.App.Streaming;

/// <summary>What a poll brings back.</summary>
/// <param name="Cursor">Where the next poll goes on.</param>
/// <param name="IsReset">Whether the client begins anew: what it has is not what the events go on from.</param>
/// <param name="Events">The events, in order.</param>
internal sealed record PollAnswer(StreamId? Cursor, bool IsReset, IReadOnlyList<StreamEvent> Events)
{
    public bool IsEmpty => Events.Count == 0 && !IsReset;

    /// <summary>As JSON: <c>{"cursor","reset","events":[{"id","event","data"}]}</c>.</summary>
    public ReadOnlyMemory<byte> ToJson() => Encode(Cursor?.ToString(), IsReset ? "true" : "false", Events);

    /// <summary>The same with another way to tell of a reset.</summary>
    /// <param name="cursor">Where the next poll goes on.</param>
    /// <param name="reset">Whether the client begins anew, as JSON.</param>
    /// <param name="events">The events, in order.</param>
    public static ReadOnlyMemory<byte> Encode(string? cursor, string reset, IReadOnlyList<StreamEvent> events)
    {
        var json = new ArrayBufferWriter<byte>(128 + events.Sum(static each => each.Frame.Length + 1));
        json.Write(Encoding.ASCII.GetBytes($$"""{"cursor":{{(cursor is null ? "null" : $"\"{cursor}\"")}},"reset":{{reset}},"events":["""));

        for (var i = 0; i < events.Count; i++)
        {
            json.Write(i == 0 ? default : ","u8);
            json.Write(events[i].Frame.Span);
        }

        json.Write("]}"u8);
        return json.WrittenMemory;
    }
}
