namespace Salon.Drills.Clients;

/// <summary>A session is over, or did not begin.</summary>
internal sealed class WireException(string message, Exception? inner = null) : Exception(message, inner);
