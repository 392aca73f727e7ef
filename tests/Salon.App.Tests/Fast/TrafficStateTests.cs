using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Salon.App.Lab;
using Salon.App.Lab.Traffic;
using Salon.EngineIO;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// Whose the bytes of a connection are that serves several techniques: <see cref="LabTraffic"/>, <see cref="TrackedConnection"/> and
/// <see cref="TechniqueTraffic"/>. Counters that the test sets; IPv4, so 40 bytes of headers.
/// </summary>
[Trait("Stage", "fast")]
public class TrafficStateTests
{
    private readonly Counters _counters = new();
    private readonly LabTraffic _traffic = new(new TrackedConnections());

    [Fact]
    public void The_first_request_of_a_connection_pays_for_it_and_for_what_is_sent_until_the_next()
    {
        _counters.Set(bytesIn: 500, packetsIn: 2, bytesOut: 0, packetsOut: 1);
        _traffic.OnRequest(Request("1"), LabTechnique.ShortPolling);
        _counters.Set(bytesIn: 500, packetsIn: 3, bytesOut: 900, packetsOut: 2);
        _traffic.Settle();
        _traffic.Settle();

        // The handshake's segments, which nobody counts, are two.
        Assert.Equal(new TrafficReport(1, 0, 1, 500, 900, 4, 3, 500 + 900 + (7 * 40)), _traffic[LabTechnique.ShortPolling].Read());
    }

    [Fact]
    public void What_was_sent_before_the_next_request_belongs_to_the_one_before_and_its_own_bytes_to_itself()
    {
        _counters.Set(100, 1, 0, 0);
        _traffic.OnRequest(Request("1"), LabTechnique.ShortPolling);
        _counters.Set(300, 4, 50, 2);
        _traffic.OnRequest(Request("2"), LabTechnique.EventStream);
        _counters.Set(300, 5, 1050, 4);
        _traffic.Settle();

        var (before, after) = (_traffic[LabTechnique.ShortPolling].Read(), _traffic[LabTechnique.EventStream].Read());
        Assert.Equal((100L, 50L, 1L), (before.BytesIn, before.BytesOut, before.Connections));
        Assert.Equal((200L, 1000L, 0L), (after.BytesIn, after.BytesOut, after.Connections));

        // Of the three segments that came, one was the request; the others acknowledged what was sent before it.
        Assert.Equal((1L + 1 + 2, 1L + 1), (before.PacketsIn, after.PacketsIn));
    }

    [Fact]
    public void A_connection_that_has_served_others_is_not_paid_for()
    {
        _counters.Set(100_000, 100, 1_000_000, 1000);

        _traffic.OnRequest(Request("9"), LabTechnique.LongPolling);
        _traffic.Settle();

        var report = _traffic[LabTechnique.LongPolling].Read();
        Assert.Equal((1L, 0L, 0L, 1L), (report.Requests, report.Connections, report.BytesOut, report.PacketsIn));
        Assert.InRange(report.BytesIn!.Value, 1, 200);
    }

    [Fact]
    public void After_its_end_a_connection_is_counted_no_more()
    {
        _counters.Set(100, 1, 0, 0);
        _traffic.OnRequest(Request("1"), LabTechnique.WebSocket);
        _counters.Set(200, 2, 0, 0, isOpen: false);
        _traffic.Settle();
        _counters.Set(999, 9, 999, 9, isOpen: false);
        _traffic.Settle();

        Assert.Equal(200, _traffic[LabTechnique.WebSocket].Read().BytesIn);
    }

    [Fact]
    public void What_nobody_counts_is_said_to_be_unknown_and_never_to_be_nothing()
    {
        var technique = _traffic[LabTechnique.SocketIOPolling];
        technique.OnDelivered(3);
        _traffic.OnRequest(Request("1", protocol: "HTTP/2"), LabTechnique.SocketIOPolling);
        _traffic.OnRequest(Request("2"), LabTechnique.SocketIOPolling);

        Assert.Equal(new TrafficReport(2, 3, null, null, null, null, null, null), technique.Read());

        _counters.CanRead = false;
        _traffic.OnRequest(Request("3"));
        Assert.Null(_traffic.Page.Read().BytesIn);
    }

    [Fact]
    public void A_connection_is_known_again_in_the_next_run_of_the_page()
    {
        var connections = new TrackedConnections();
        var context = Request("1");

        var first = connections.Find(_counters, context.Connection);

        Assert.Same(first, connections.Find(_counters, context.Connection));
        Assert.NotSame(first, connections.Find(new Counters(), context.Connection));
    }

    [Fact]
    public void A_connection_that_cannot_be_read_for_a_moment_makes_what_it_served_unknown_and_loses_no_bytes_of_the_others()
    {
        _counters.Set(100, 1, 0, 0);
        _traffic.OnRequest(Request("1"), LabTechnique.ShortPolling);
        _counters.CanRead = false;
        _traffic.OnRequest(Request("2"), LabTechnique.LongPolling);
        _traffic.Settle();
        _counters.CanRead = true;
        _counters.Set(300, 2, 50, 1);
        _traffic.Settle();

        Assert.Null(_traffic[LabTechnique.LongPolling].Read().BytesIn);
        Assert.Equal((300L, 50L), (_traffic[LabTechnique.ShortPolling].Read().BytesIn, _traffic[LabTechnique.ShortPolling].Read().BytesOut));
    }

    [Fact]
    public async Task However_many_claim_a_connection_and_settle_it_at_once_each_byte_is_somebodys_once()
    {
        var connection = new TrackedConnection(_counters, Request("1").Connection);
        TechniqueTraffic[] owners = [new(), new(), new()];
        _counters.Set(100, 1, 0, 0);
        connection.Claim(owners[0], Request("1").Request);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                _counters.Add(bytesIn: 7, bytesOut: 11);

                if (i % 2 == 0)
                {
                    connection.Claim(owners[(worker + i) % owners.Length], Request("2").Request);
                }
                else
                {
                    connection.Settle();
                }
            }
        }))).Soon();
        connection.Settle();
        connection.Settle();

        var reports = owners.Select(static owner => owner.Read()).ToList();
        Assert.Equal((100 + (2000 * 7L), 2000 * 11L, 1L), (reports.Sum(static report => report.BytesIn), reports.Sum(static report => report.BytesOut), reports.Sum(static report => report.Connections)));
    }

    private DefaultHttpContext Request(string number, string protocol = "HTTP/1.1")
    {
        var context = new DefaultHttpContext { TraceIdentifier = $"0HMABC:0000000{number}" };
        context.Request.Protocol = protocol;
        context.Request.Method = "GET";
        context.Request.Headers.Host = "localhost";
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/lab/x";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Features.Set<IConnectionTrafficFeature>(_counters);
        return context;
    }

    private sealed class Counters : IConnectionTrafficFeature
    {
        private readonly Lock _gate = new();
        private ConnectionTraffic _now;

        public bool CanRead { get; set; } = true;

        public void Add(long bytesIn, long bytesOut)
        {
            lock (_gate)
            {
                _now = _now with { BytesReceived = _now.BytesReceived + bytesIn, BytesSent = _now.BytesSent + bytesOut };
            }
        }

        public void Set(long bytesIn, long packetsIn, long bytesOut, long packetsOut, bool isOpen = true) =>
            _now = new ConnectionTraffic(bytesIn, bytesOut, packetsIn, packetsOut, HasTimestamps: false, isOpen);

        public bool TryRead(out ConnectionTraffic traffic)
        {
            lock (_gate)
            {
                traffic = _now;
            }

            return CanRead;
        }
    }
}
