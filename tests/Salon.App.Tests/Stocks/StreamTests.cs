using System.Net;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>What <c>/stocks/stream</c> tells, and when it ends.</summary>
public class StreamTests
{
    private const string Stream = "/stocks/stream";

    [Fact]
    public async Task A_new_reader_gets_a_snapshot_and_then_every_event()
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync();

        var first = await client.ReadAnyAsync();
        var snapshot = await client.ReadAsync();
        await server.AdvanceAsync(2);
        var last = server.Market.Feed.Ring!.Head;

        Assert.Equal("text/event-stream", client.Response.Content.Headers.ContentType!.ToString());
        Assert.True(client.Response.Headers.CacheControl is { NoCache: true, NoTransform: true });
        Assert.Equal("no", client.Response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.InRange(int.Parse(first!.Retry!), 2000, 6000);
        Assert.Equal("snapshot", snapshot!.Name);
        Assert.Equal(40, snapshot.Json.GetProperty("symbols").GetArrayLength());

        for (var sequence = snapshot.Sequence + 1; sequence <= last; sequence++)
        {
            Assert.Equal(sequence, (await client.ReadAsync())!.Sequence);
        }
    }

    [Fact]
    public async Task Only_the_symbols_that_are_asked_for_are_told_in_any_case()
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync($"{Stream}?symbols=ACME,%20glob");
        var snapshot = await client.ReadAsync("snapshot");
        await server.AdvanceAsync(20);

        var seen = new HashSet<string>();

        for (var i = 0; i < 20; i++)
        {
            seen.Add((await client.ReadAsync())!.Json.GetProperty("symbol").GetString()!);
        }

        Assert.Equal(["ACME", "GLOB"], snapshot.Json.GetProperty("symbols").EnumerateArray().Select(static symbol => symbol.GetProperty("symbol").GetString()!));
        Assert.Equal(["ACME", "GLOB"], seen.Order());
    }

    [Theory]
    [InlineData("NOPE", HttpStatusCode.BadRequest, "unknown_symbol")]
    [InlineData("ACME,%00", HttpStatusCode.BadRequest, "unknown_symbol")]
    [InlineData("ACME;GLOB", HttpStatusCode.BadRequest, "unknown_symbol")]
    public async Task An_unknown_symbol_is_named(string symbols, HttpStatusCode status, string code)
    {
        await using var server = await StocksServer.StartAsync();

        using var response = await server.App.Http.GetAsync($"{Stream}?symbols={symbols}");
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(100, HttpStatusCode.OK)]
    [InlineData(101, HttpStatusCode.BadRequest)]
    [InlineData(1_500, HttpStatusCode.BadRequest)]
    [InlineData(10_000, HttpStatusCode.RequestUriTooLong)]
    public async Task Too_many_symbols_are_refused(int count, HttpStatusCode status)
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync($"{Stream}?symbols={string.Join(',', Enumerable.Repeat("ACME", count))}");

        Assert.Equal(status, client.Response.StatusCode);
    }

    [Theory]
    [InlineData("{epoch}-999999999", "future")]
    [InlineData("{epoch}-9223372036854775807", "future")]
    [InlineData("{epoch}-99999999999999999999", "invalid")]
    [InlineData("elsewhere-1", "epoch")]
    [InlineData("{epoch}", "invalid")]
    [InlineData("{epoch}--1", "invalid")]
    [InlineData("{epoch}-1%00", "invalid")]
    [InlineData("{epoch}-%0A1", "invalid")]
    [InlineData("EPOCH-1", "invalid")]
    [InlineData("-1", "invalid")]
    [InlineData("%F0%9F%92%A9-1", "invalid")]
    [InlineData("{long}", "invalid")]
    public async Task An_id_that_is_none_of_ours_begins_anew(string id, string reason)
    {
        await using var server = await StocksServer.StartAsync();
        await server.AdvanceAsync(1);
        id = id.Replace("{epoch}", server.Market.Feed.Ring!.Epoch, StringComparison.Ordinal).Replace("{long}", new string('a', 6000), StringComparison.Ordinal);
        await using var client = await server.OpenAsync($"{Stream}?lastEventId={id}");

        var reset = await client.ReadAsync();
        var snapshot = await client.ReadAsync();

        Assert.Equal($"reset  {{\"reason\":\"{reason}\"}}", reset!.ToString());
        Assert.Equal("snapshot", snapshot!.Name);
        Assert.Equal(server.Market.Feed.Ring.Head, snapshot.Sequence);
    }

    [Fact]
    public async Task The_header_of_a_browser_that_comes_back_counts_more_than_the_address()
    {
        await using var server = await StocksServer.StartAsync();
        await server.AdvanceAsync(2);
        var ring = server.Market.Feed.Ring!;
        await using var client = await server.OpenAsync($"{Stream}?lastEventId={ring.Epoch}-1", $"{ring.Epoch}-{ring.Head - 3}");

        var status = await client.ReadAsync();
        var missed = await client.ReadAsync();

        Assert.Equal("status", status!.Name);
        Assert.Equal(3, status.Json.GetProperty("replayed").GetInt32());
        Assert.Equal(ring.Head - 2, missed!.Sequence);
    }

    [Fact]
    public async Task Every_fifteen_seconds_there_is_a_sign_of_life_that_says_how_far_one_is()
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync($"{Stream}?symbols=TRAM");
        await client.ReadAsync("snapshot");

        await server.AdvanceAsync(15);
        var block = await client.ReadAnyAsync();

        while (block!.Comment is null)
        {
            block = await client.ReadAnyAsync();
        }

        Assert.Equal("heartbeat", block.Comment);
        Assert.InRange(block.Sequence, 1, server.Market.Feed.Ring!.Head);
        Assert.Empty(block.Data);
    }

    [Fact]
    public async Task After_ten_minutes_a_stream_ends_and_its_reader_goes_on_with_the_next()
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync($"{Stream}?symbols=TRAM");
        var last = await client.ReadAsync();
        var reading = ReadToEndAsync(client);

        // It is the feed that the next stream has to be in time for.
        for (var minutes = 0; minutes < 12 && server.Market.Feed.Metrics.Open > 0; minutes++)
        {
            await server.AdvanceAsync(60);
        }

        last = await reading.Soon() ?? last;
        await using var next = await server.OpenAsync($"{Stream}?symbols=TRAM", last!.Id);
        Assert.Equal("status", (await next.ReadAsync())!.Name);
    }

    [Fact]
    public async Task A_session_closes_and_another_day_begins_where_it_ended()
    {
        await using var server = await StocksServer.StartAsync();
        await server.AdvanceAsync(28 * 60);
        await using var client = await server.OpenAsync($"{Stream}?symbols=ACME");
        await client.ReadAsync("snapshot");
        await server.AdvanceAsync(60);

        var closed = await client.ReadAsync("status");
        await server.AdvanceAsync(59);
        var (price, open) = server.Market.Read(static (book, _) => (book.Quotes[0].Price, book.IsOpen));
        await server.AdvanceAsync(1);
        var opened = await client.ReadAsync("status");
        var previous = server.Market.Read(static (book, _) => book.Quotes[0].PreviousClose);

        Assert.Equal("closed", closed.Json.GetProperty("session").GetString());
        Assert.False(open);
        Assert.Equal("open", opened.Json.GetProperty("session").GetString());
        Assert.Equal(price, previous);

        // The first trade of the day is its open, and every later one says so.
        await server.AdvanceAsync(20);
        var (first, second) = (await client.ReadAsync("tick"), await client.ReadAsync("tick"));
        Assert.Equal(first.Json.GetProperty("price").GetDecimal(), first.Json.GetProperty("open").GetDecimal());
        Assert.Equal(first.Json.GetProperty("price").GetDecimal(), second.Json.GetProperty("open").GetDecimal());
    }

    [Fact]
    public async Task When_the_app_stops_streams_end_without_an_error()
    {
        var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync();
        await client.ReadAsync("snapshot");
        var reading = ReadToEndAsync(client);

        await server.DisposeAsync();

        await reading.Soon();
    }

    [Fact]
    public async Task Two_hundred_tabs_all_get_everything()
    {
        await using var server = await StocksServer.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => server.OpenAsync()));
        var begins = await Task.WhenAll(clients.Select(static client => client.ReadAsync("snapshot")));
        await server.AdvanceAsync(2);
        var head = server.Market.Feed.Ring!.Head;

        await Task.WhenAll(clients.Zip(begins).Select(async pair =>
        {
            for (var sequence = pair.Second.Sequence + 1; sequence <= head; sequence++)
            {
                Assert.Equal(sequence, (await pair.First.ReadAsync())!.Sequence);
            }
        }));

        Assert.Equal(200, server.Market.Feed.Metrics.Open);
        await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
        await Eventually.Async("all streams are gone", () => server.Market.Feed.Metrics.Open == 0);
    }

    private static async Task<SseEvent?> ReadToEndAsync(SseClient client)
    {
        SseEvent? last = null;

        while (await client.ReadAnyAsync() is { } next)
        {
            last = next.Id is null ? last : next;
        }

        return last;
    }
}
