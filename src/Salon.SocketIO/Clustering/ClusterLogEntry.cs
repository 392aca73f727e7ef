namespace Salon.SocketIO.Clustering;

/// <summary>An event in a <see cref="IClusterLog"/>.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Message">The event, and whom it reaches.</param>
public sealed record ClusterLogEntry(string Id, ClusterMessage Message);
