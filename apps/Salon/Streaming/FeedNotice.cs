namespace Salon.App.Streaming;

/// <summary>What one reader is told of its own reading, besides how the feed is doing.</summary>
/// <param name="Replayed">How many events it had missed and gets now; <see langword="null"/> when it is not back from anywhere.</param>
/// <param name="Conflated">How many events were left out because it was too slow; <see langword="null"/> for none.</param>
internal readonly record struct FeedNotice(int? Replayed = null, long? Conflated = null);
