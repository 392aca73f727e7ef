namespace Salon.App.Chat;

/// <summary>One reading of all rooms, which those share who ask at about the same time. Begun by the first of them.</summary>
internal sealed class RoomListing(long startedAt, Func<Task> read)
{
    private readonly Lazy<Task> _reading = new(read);

    /// <summary>The timestamp of its beginning.</summary>
    public long StartedAt => startedAt;

    public Task Reading => _reading.Value;

    /// <summary>Whether it came to nothing: nobody is answered from it later.</summary>
    public bool HasFailed => _reading is { IsValueCreated: true, Value: { IsCompleted: true, IsCompletedSuccessfully: false } };
}
