namespace Salon.SocketIO.Adapters;

/// <summary>Whom a broadcast reaches: these sockets, each once, but for one.</summary>
/// <param name="Sockets">The sockets; never changed after they were selected.</param>
/// <param name="Without">The one among them that is left out, if any.</param>
internal readonly record struct Selection(IReadOnlyCollection<Socket> Sockets, Socket? Without)
{
    public IReadOnlyCollection<Socket> ToCollection() => Without is null ? Sockets : [.. Sockets.Where(IsIncluded)];

    private bool IsIncluded(Socket socket) => socket != Without;
}
