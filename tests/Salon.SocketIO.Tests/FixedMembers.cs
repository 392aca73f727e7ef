using Salon.SocketIO.Clustering;

namespace Salon.SocketIO.Tests;

/// <summary>The servers of a cluster to which nobody comes, and that nobody leaves.</summary>
internal sealed class FixedMembers(params string[] others) : IClusterMembers
{
    public event Action<string>? Left
    {
        add { }
        remove { }
    }

    public event Action<string>? Joined
    {
        add { }
        remove { }
    }

    public string Self => "self";

    public IReadOnlyCollection<string> Others => others;
}
