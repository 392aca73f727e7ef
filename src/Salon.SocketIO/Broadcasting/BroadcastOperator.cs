namespace Salon.SocketIO;

/// <summary>A choice of a namespace's sockets, and how events reach them.</summary>
public sealed class BroadcastOperator : Broadcaster
{
    private readonly Broadcaster _source;

    internal BroadcastOperator(Broadcaster source, BroadcastOptions options)
    {
        // Whatever was chosen before is in the options.
        _source = source is BroadcastOperator choice ? choice._source : source;
        BroadcastOptions = options;
    }

    internal override IReadOnlyList<Namespace> Targets => _source.Targets;

    internal override SocketIOServer Owner => _source.Owner;

    private protected override BroadcastOptions BroadcastOptions { get; }
}
