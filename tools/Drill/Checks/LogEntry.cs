namespace Salon.Drills.Checks;

/// <summary>A message as it is in the database.</summary>
internal sealed record LogEntry(string Room, long Seq, string Id, string Username, string ClientMsgId, string Text);
