namespace Salon.App.Streaming;

/// <summary>What a feed is about: gives its readers a place to begin at.</summary>
internal interface IFeedContent
{
    /// <summary>Says how things are after the newest event. Called under the feed's lock, as what changes them is, so that nothing is between the two.</summary>
    /// <returns>The data of the event <c>snapshot</c>; <see langword="null"/> where a reader just begins with the next event.</returns>
    ReadOnlyMemory<byte>? TakeSnapshot(TopicSet topics);

    /// <summary>Says how the feed itself is doing: the data of an event <c>status</c> without an id.</summary>
    ReadOnlyMemory<byte> DescribeStatus(FeedNotice notice);
}
