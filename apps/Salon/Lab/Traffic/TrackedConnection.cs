using System.Net.Sockets;
using Salon.EngineIO;

namespace Salon.App.Lab.Traffic;

/// <summary>
/// One TCP connection, and whose its bytes are. A browser sends requests of several techniques over one connection, one after the other: each
/// claims it when its request has arrived. The lock protects what was counted last; thread-safe.
/// </summary>
internal sealed class TrackedConnection
{
    // IP and TCP without options; then the timestamps, with their padding.
    private const int IPv4Headers = 20 + 20;
    private const int IPv6Headers = 40 + 20;
    private const int Timestamps = 12;

    // The kernel counts from the acknowledgement that ends the handshake until we close: not the SYN of either side, and not all of the farewell.
    private const int UncountedAtStart = 1;
    private const int UncountedAtEnd = 1;

    private readonly Lock _gate = new();
    private readonly IConnectionTrafficFeature _counters;
    private readonly int _headers;
    private TechniqueTraffic? _owner;
    private ConnectionTraffic _last;

    public TrackedConnection(IConnectionTrafficFeature counters, ConnectionInfo info)
    {
        _counters = counters;
        _headers = info.RemoteIpAddress is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? IPv6Headers : IPv4Headers;
    }

    /// <summary>Whether there will be no more to count.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>A request has arrived: what has come since the last one is its own, what was sent since belongs to those before it.</summary>
    /// <param name="owner">Who pays from here on.</param>
    /// <param name="request">The request.</param>
    public void Claim(TechniqueTraffic owner, HttpRequest request)
    {
        lock (_gate)
        {
            if (!_counters.TryRead(out var now))
            {
                owner.OnUnknown();
                return;
            }

            var headers = HeaderSize(now);

            if (_owner is null && RequestSize.IsFirst(request))
            {
                owner.OnConnection();
                owner.OnReceived(now.BytesReceived, now.SegmentsReceived + UncountedAtStart, headers);
                owner.OnSent(now.BytesSent, now.SegmentsSent + UncountedAtStart, headers);
            }
            else if (_owner is null)
            {
                // The connection has served others, such as the page's scripts: all but this request was theirs.
                owner.OnReceived(RequestSize.Of(request), 1, headers);
            }
            else
            {
                // The request came in one segment; the others acknowledged what was sent before.
                var before = _owner ?? owner;
                var segments = now.SegmentsReceived - _last.SegmentsReceived;
                var own = Math.Min(segments, 1);

                owner.OnReceived(now.BytesReceived - _last.BytesReceived, own, headers);
                before.OnReceived(0, segments - own, headers);
                before.OnSent(now.BytesSent - _last.BytesSent, now.SegmentsSent - _last.SegmentsSent, headers);
            }

            (_owner, _last) = (owner, now);
        }
    }

    /// <summary>Counts what has passed since.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            if (IsClosed || _owner is not { } owner || !_counters.TryRead(out var now))
            {
                return;
            }

            IsClosed = !now.IsOpen;
            var farewell = IsClosed ? UncountedAtEnd : 0;
            var headers = HeaderSize(now);

            owner.OnReceived(now.BytesReceived - _last.BytesReceived, now.SegmentsReceived - _last.SegmentsReceived + farewell, headers);
            owner.OnSent(now.BytesSent - _last.BytesSent, now.SegmentsSent - _last.SegmentsSent + farewell, headers);
            _last = now;
        }
    }

    private int HeaderSize(in ConnectionTraffic traffic) => _headers + (traffic.HasTimestamps ? Timestamps : 0);
}
