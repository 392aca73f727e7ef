namespace Salon.SocketIO.Clustering;

/// <summary>What the other servers answered.</summary>
/// <param name="Answers">The answers of programs or clients.</param>
/// <param name="Sockets">The sockets that they have.</param>
/// <param name="Servers">How many servers answered.</param>
/// <param name="Expected">How many there are.</param>
/// <param name="Asked">How many clients were asked there.</param>
internal sealed record ClusterAnswers(
    IReadOnlyList<RawJson> Answers,
    IReadOnlyList<ClusterSocket> Sockets,
    int Servers,
    int Expected,
    int Asked);
