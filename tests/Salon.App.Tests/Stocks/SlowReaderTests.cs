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
    public async Task A_reader_that_never_reads_keeps_nothing_and_nobody_waiting()
    {
        await using var server = await StocksServer.StartAsync();
        using var stuck = await OpenStuckAsync(server.Uri);
        await using var other = await server.OpenAsync("/stocks/stream?symbols=NIMB");
        await other.ReadAsync("snapshot");
        var reading = CountAsync(other, "tick", 2000);

        // Some megabytes for the one that reads nothing.
        while (server.Market.Feed.Metrics.Conflated == 0 && server.Market.Feed.Ring!.Head < 400_000)
        {
            await server.AdvanceAsync(60);
        }

        await reading.Soon();
        var written = await DrainAsync(stuck, server);

        // What the system's buffers hold, and no more: the ring, and with it the market, has gone on.
        Assert.InRange(written, 1, 16 * 1024 * 1024);
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

    private static async Task CountAsync(SseClient client, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.ReadAsync(name);
        }
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
