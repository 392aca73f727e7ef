namespace Salon.SocketIO;

/// <summary>A choice of a namespace's sockets, and how events reach them.</summary>
public sealed class BroadcastOperator : Broadcaster
{
    internal BroadcastOperator(Namespace @namespace, BroadcastOptions options)
    {
        Target = @namespace;
        BroadcastOptions = options;
    }

    private protected override Namespace Target { get; }

    private protected override BroadcastOptions BroadcastOptions { get; }
}
