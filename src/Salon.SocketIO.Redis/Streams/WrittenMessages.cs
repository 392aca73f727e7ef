namespace Salon.SocketIO.Redis.Streams;

/// <summary>
/// The last messages that Redis has said it has: as many, and for as long, as it may forget them when it is started again or another takes
/// its place. Used by the writing task alone.
/// </summary>
internal sealed class WrittenMessages(TimeProvider time)
{
    private const int MaxCount = 4096;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    private readonly List<(string Id, long At, StreamMessage Message)> _messages = [];

    /// <summary>The id of the newest; <see langword="null"/> when there is none.</summary>
    public string? LastId => _messages.Count == 0 ? null : _messages[^1].Id;

    public void Add(string id, StreamMessage message)
    {
        var now = time.GetTimestamp();
        _messages.Add((id, now, message));

        // Now and then, so that the list is not moved for each; and never the newest, by which it is seen that something is missing.
        if (_messages.Count > 2 * MaxCount || (_messages.Count > 1 && time.GetElapsedTime(_messages[0].At, now) > 2 * MaxAge))
        {
            var old = _messages.FindIndex(written => time.GetElapsedTime(written.At, now) <= MaxAge);
            _messages.RemoveRange(0, Math.Max(old, _messages.Count - MaxCount));
        }
    }

    /// <summary>Takes out those that are not there any more: all from some one on, for what is lost is lost from the end.</summary>
    /// <param name="isThere">Asks whether an entry is in the stream.</param>
    public async Task<IReadOnlyList<StreamMessage>> TakeForgottenAsync(Func<string, Task<bool>> isThere)
    {
        var (kept, lost) = (0, _messages.Count);

        while (kept < lost)
        {
            var middle = (kept + lost) / 2;
            var isKept = await isThere(_messages[middle].Id);
            (kept, lost) = isKept ? (middle + 1, lost) : (kept, middle);
        }

        List<StreamMessage> forgotten = [.. _messages.Skip(kept).Select(static written => written.Message)];
        _messages.RemoveRange(kept, _messages.Count - kept);
        return forgotten;
    }
}
