namespace Salon.SocketIO;

/// <summary>The raw answers to a broadcast, as an adapter collects them.</summary>
/// <param name="Responses">The first value of each answer; JSON <c>null</c> where an answer has none.</param>
/// <param name="RecipientCount">How many clients were asked.</param>
public sealed record BroadcastAcks(IReadOnlyList<RawJson> Responses, int RecipientCount);
