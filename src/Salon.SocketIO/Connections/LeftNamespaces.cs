namespace Salon.SocketIO.Connections;

/// <summary>
/// The namespaces that a client has left, so that packets which were on their way do not look like a breach of protocol. It remembers the
/// last few: whoever still sends to an older one has not just left it. Guarded by its owner's lock.
/// </summary>
internal sealed class LeftNamespaces
{
    private const int Capacity = 32;

    private readonly List<string> _names = [];

    public bool Contains(string name) => _names.Contains(name, StringComparer.Ordinal);

    public void Add(string name)
    {
        _names.Remove(name);

        if (_names.Count == Capacity)
        {
            _names.RemoveAt(0);
        }

        _names.Add(name);
    }
}
