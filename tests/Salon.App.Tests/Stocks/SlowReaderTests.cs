using System.Net;
using System.Net.Sockets;
using System.Text;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>Readers that do not read.</summary>
public class SlowReaderTests
{
    [Fact]
    public async Task A_reader_that_never_reads_is_not_told_what_is_old_and_keeps_nobody_waiting()
    {
        await using var server = await StocksServer.StartLastingAsync();
        using var stuck = await OpenStuckAsync(server.Uri);
        await using var other = await server.OpenAsync();
        var (last, total) = (await other.ReadAsync("snapshot"), 0L);

        for (var i = 0; i < 400; i++)
        {
            await server.AdvanceAsync(2);
            var head = server.Market.Feed.Ring!.Head;

            while (last.Sequence < head)
            {
                var next = (await other.ReadAsync())!;
                Assert.Equal(last.Sequence + 1, next.Sequence);
                (last, total) = (next, total + next.ToString().Length);
            }
        }

        var told = await DrainAsync(stuck, server);

        // What was in the system's buffers; the rest was left out, and the end is the newest of all.
        Assert.True(told < total / 2, $"The other reader was told {total} bytes, this one {told}.");
        Assert.True(server.Market.Feed.Metrics.Conflated + server.Market.Feed.Metrics.Resets > 0);
    }

    [Fact]
    public async Task A_reader_that_was_too_slow_is_told_the_newest_of_each_symbol()
    {
        await using var server = await StocksServer.StartAsync();
        var feed = server.Market.Feed;
        var cursor = new FeedCursor(feed, TopicSet.All, ResumePoint.Start);
        Assert.True(cursor.TryTake(out var snapshot));
        await server.AdvanceAsync(60);
        var between = feed.Ring!.Head - snapshot.Sequence;

        cursor.Conflate();
        Assert.True(cursor.TryTake(out var status));
        var told = new List<StreamEvent>();

        while (cursor.TryTake(out var next))
        {
            told.Add(next);
        }

        var ticks = told.Where(static each => each.Name == "tick").ToList();
        Assert.Contains($"\"conflated\":{between - told.Count}", Encoding.UTF8.GetString(status.Data.Span));
        Assert.Equal(told.OrderBy(static each => each.Sequence), told);
        Assert.Equal(ticks.Select(static tick => tick.Topic).Distinct().Count(), ticks.Count);
        Assert.InRange(told.Count, 40, 200);
        Assert.Equal(feed.Ring.Head, cursor.Position!.Value.Sequence);
    }

    [Fact]
    public async Task What_was_missed_is_told_in_full_to_a_reader_that_takes_its_time_for_it()
    {
        await using var server = await StocksServer.StartAsync();
        var feed = server.Market.Feed;
        await server.AdvanceAsync(30);
        var head = feed.Ring!.Head;
        var cursor = new FeedCursor(feed, TopicSet.All, new ResumePoint(new StreamId(feed.Ring.Epoch, 1)));
        Assert.True(cursor.TryTake(out _));

        for (var sequence = 2; sequence <= head; sequence++)
        {
            cursor.Conflate();
            Assert.True(cursor.TryTake(out var next));
            Assert.Equal(sequence, next.Sequence);
        }
    }

    [Fact]
    public async Task A_reader_whose_place_was_overwritten_begins_anew()
    {
        await using var server = await StocksServer.StartAsync();
        var feed = server.Market.Feed;
        var cursor = new FeedCursor(feed, TopicSet.All, ResumePoint.Start);
        Assert.True(cursor.TryTake(out _));

        while (feed.Ring!.Tail < 100)
        {
            await server.AdvanceAsync(60);
        }

        Assert.True(cursor.TryTake(out var reset));
        Assert.True(cursor.TryTake(out var snapshot));
        Assert.False(cursor.TryTake(out _));

        Assert.Equal("""{"reason":"gap"}""", Encoding.UTF8.GetString(reset.Data.Span));
        Assert.Equal(feed.Ring.Head, snapshot.Sequence);
    }

    private static async Task<Socket> OpenStuckAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /stocks/stream HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n"));
        return socket;
    }

    /// <summary>Reads what was kept for the reader, until it has heard of the newest event.</summary>
    private static async Task<long> DrainAsync(Socket socket, StocksServer server)
    {
        var buffer = new byte[64 * 1024];
        var end = $"id: {server.Market.Feed.Ring!.Epoch}-{server.Market.Feed.Ring.Head}\n";
        var (total, tail) = (0L, "");

        while (!tail.Contains(end, StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer).Soon();
            Assert.NotEqual(0, count);
            total += count;
            tail = (tail.Length > 256 ? tail[^256..] : tail) + Encoding.UTF8.GetString(buffer, 0, count);
        }

        return total;
    }
}
