namespace Salon.SocketIO.Clustering;

/// <summary>What a client that lost its connection finds again, on whichever server it comes back to. Immutable.</summary>
/// <param name="Id">The socket's id.</param>
/// <param name="PrivateId">The client's secret, by which it is recognised.</param>
/// <param name="Rooms">Its rooms, that of its id among them.</param>
/// <param name="Data">What the app knows of it, as a JSON object.</param>
/// <param name="StartedAfter">The id of the log's entry before the client connected first; <see langword="null"/> where that was not told.</param>
/// <param name="Token">Made by the server that saved it, which knows it again by it; <see langword="null"/> from servers of another kind.</param>
public sealed record ClusterSession(string Id, string PrivateId, IReadOnlyList<string> Rooms, RawJson Data, string? StartedAfter, string? Token);
