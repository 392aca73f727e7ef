namespace Salon.App.Streaming;

/// <summary>The bounds of a feed.</summary>
/// <param name="Name">Its name in metrics.</param>
/// <param name="Capacity">How many events are kept for who comes back.</param>
/// <param name="MaxLead">
/// How many events a reader may be ahead: one that comes from another node may know some that are still on their way to this one. 0 where
/// there is no other.
/// </param>
internal sealed record FeedOptions(string Name, int Capacity = 16_384, int MaxLead = 0);
