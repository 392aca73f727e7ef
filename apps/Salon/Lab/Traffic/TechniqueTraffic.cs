namespace Salon.App.Lab.Traffic;

/// <summary>What one technique of a run has cost the network. Thread-safe.</summary>
internal sealed class TechniqueTraffic
{
    private long _requests;
    private long _connections;
    private long _delivered;
    private long _bytesIn;
    private long _bytesOut;
    private long _packetsIn;
    private long _packetsOut;
    private long _headerBytes;
    private volatile bool _isUnknown;

    public void OnRequest() => Interlocked.Increment(ref _requests);

    public void OnConnection() => Interlocked.Increment(ref _connections);

    public void OnDelivered(int messages) => Interlocked.Add(ref _delivered, messages);

    /// <summary>A request came over something whose bytes nobody counts.</summary>
    public void OnUnknown() => _isUnknown = true;

    public void OnReceived(long bytes, long packets, int headerSize) => Add(ref _bytesIn, bytes, ref _packetsIn, packets, headerSize);

    public void OnSent(long bytes, long packets, int headerSize) => Add(ref _bytesOut, bytes, ref _packetsOut, packets, headerSize);

    public TrafficReport Read() => _isUnknown
        ? new TrafficReport(Interlocked.Read(ref _requests), Interlocked.Read(ref _delivered), null, null, null, null, null, null)
        : new TrafficReport(
            Interlocked.Read(ref _requests),
            Interlocked.Read(ref _delivered),
            Interlocked.Read(ref _connections),
            Interlocked.Read(ref _bytesIn),
            Interlocked.Read(ref _bytesOut),
            Interlocked.Read(ref _packetsIn),
            Interlocked.Read(ref _packetsOut),
            Interlocked.Read(ref _bytesIn) + Interlocked.Read(ref _bytesOut) + Interlocked.Read(ref _headerBytes));

    private void Add(ref long allBytes, long bytes, ref long allPackets, long packets, int headerSize)
    {
        Interlocked.Add(ref allBytes, bytes);
        Interlocked.Add(ref allPackets, packets);
        Interlocked.Add(ref _headerBytes, packets * headerSize);
    }
}
