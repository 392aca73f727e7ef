namespace Salon.SocketIO.Clustering;

/// <summary>
/// Which servers of the cluster are known by their own signs of life. There may be others that give none, such as servers in other
/// languages. Thread-safe.
/// </summary>
public interface IClusterMembers
{
    /// <summary>Another server has gone, or is not heard of any more.</summary>
    event Action<string>? Left;

    /// <summary>Another server is there.</summary>
    event Action<string>? Joined;

    /// <summary>The id of this server: the same for all namespaces, different at each start.</summary>
    string Self { get; }

    /// <summary>The ids of the others.</summary>
    IReadOnlyCollection<string> Others { get; }
}
