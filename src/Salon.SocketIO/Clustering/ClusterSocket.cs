namespace Salon.SocketIO.Clustering;

/// <summary>What one server tells another of a socket. Immutable.</summary>
/// <param name="Id">The socket's id.</param>
/// <param name="Rooms">Its rooms, that of its id among them.</param>
/// <param name="Handshake">Its handshake, as a JSON object.</param>
/// <param name="Data">What the app knows of it, as a JSON object.</param>
public sealed record ClusterSocket(string Id, IReadOnlyList<string> Rooms, RawJson Handshake, RawJson Data);
