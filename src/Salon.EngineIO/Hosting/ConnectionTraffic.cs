namespace Salon.EngineIO;

/// <summary>What has passed over a TCP connection since it was accepted, as the operating system counts it.</summary>
/// <param name="BytesReceived">Bytes of the stream that have arrived, each once.</param>
/// <param name="BytesSent">Bytes of the stream that were sent, those that were sent again included.</param>
/// <param name="SegmentsReceived">TCP segments that have arrived, acknowledgements without data included.</param>
/// <param name="SegmentsSent">TCP segments that were sent, acknowledgements without data included.</param>
/// <param name="HasTimestamps">Whether each segment carries the timestamps option, which takes 12 bytes.</param>
/// <param name="IsOpen">Whether the connection still stands, so that there may be more.</param>
public readonly record struct ConnectionTraffic(
    long BytesReceived,
    long BytesSent,
    long SegmentsReceived,
    long SegmentsSent,
    bool HasTimestamps,
    bool IsOpen);
