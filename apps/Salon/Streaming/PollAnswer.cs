using System.Buffers;
using System.Text;

namespace Salon.App.Streaming;

/// <summary>What a poll brings back.</summary>
/// <param name="Cursor">Where the next poll goes on.</param>
/// <param name="IsReset">Whether the client begins anew: what it has is not what the events go on from.</param>
/// <param name="Events">The events, in order.</param>
internal sealed record PollAnswer(StreamId? Cursor, bool IsReset, IReadOnlyList<StreamEvent> Events)
{
    /// <summary>As JSON: <c>{"cursor","reset","events":[{"id","event","data"}]}</c>.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var json = new ArrayBufferWriter<byte>(64 + Events.Sum(static each => each.Frame.Length + 1));
        json.Write(Encoding.UTF8.GetBytes($$"""{"cursor":{{(Cursor is { } id ? $"\"{id}\"" : "null")}},"reset":{{(IsReset ? "true" : "false")}},"events":["""));

        for (var i = 0; i < Events.Count; i++)
        {
            json.Write(i == 0 ? default : ","u8);
            json.Write(Events[i].Frame.Span);
        }

        json.Write("]}"u8);
        return json.WrittenMemory;
    }
}
