namespace Salon.App.Streaming;

/// <summary>An event that is about to get its place in a feed.</summary>
/// <param name="Name">The event's name: ASCII, without a line break.</param>
/// <param name="Data">What it says: JSON on one line, in UTF-8.</param>
/// <param name="Topic">Whom it is for; <see cref="StreamEvent.NoTopic"/> for everybody.</param>
/// <param name="Key">
/// What it tells of: to a reader that is behind, only the newest event of a key is told. <see cref="StreamEvent.NoKey"/> for an event that no
/// later one makes up for.
/// </param>
internal readonly record struct NewEvent(string Name, ReadOnlyMemory<byte> Data, int Topic = StreamEvent.NoTopic, int Key = StreamEvent.NoKey);
