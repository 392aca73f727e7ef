using System.Net;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>The long-poll twin of the stream, candles, and the list of symbols.</summary>
public class PollTests
{
    [Fact]
    public async Task Polls_get_a_snapshot_and_then_each_event_once()
    {
        await using var server = await StocksServer.StartAsync();
        var first = await GetAsync(server, "/stocks/poll");
        var (cursor, sequences) = (first.GetProperty("cursor").GetString()!, new List<long>());

        for (var i = 0; i < 4; i++)
        {
            var poll = GetAsync(server, $"/stocks/poll?since={cursor}");
            await server.AdvanceAsync(5);
            var answer = await poll.Soon();
            cursor = answer.GetProperty("cursor").GetString()!;
            sequences.AddRange(answer.GetProperty("events").EnumerateArray().Select(SequenceOf));
        }

        var start = SequenceOf(first.GetProperty("events")[0]);
        Assert.Equal("snapshot", first.GetProperty("events")[0].GetProperty("event").GetString());
        Assert.False(first.GetProperty("reset").GetBoolean());
        Assert.Equal(Enumerable.Range(0, sequences.Count).Select(index => start + 1 + index), sequences);
    }

    [Fact]
    public async Task A_poll_without_news_ends_after_its_wait()
    {
        await using var server = await StocksServer.StartAsync();
        var feed = server.Market.Feed;

        // Closed, so nothing happens.
        await server.AdvanceAsync(29 * 60);
        var poll = server.App.Http.GetAsync($"/stocks/poll?since={feed.Ring!.Epoch}-{feed.Ring.Head}&wait=5");
        await Eventually.Async("the poll waits", () => feed.Metrics.Open == 1);
        await server.AdvanceAsync(4.75);
        Assert.False(poll.IsCompleted);
        await server.AdvanceAsync(0.25);

        using var response = await poll.Soon();
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(0, feed.Metrics.Open);
    }

    [Fact]
    public async Task Who_polls_for_a_quiet_symbol_is_told_how_far_the_feed_is()
    {
        await using var server = await StocksServer.StartAsync();
        var ring = server.Market.Feed.Ring!;
        var start = ring.Head;
        await server.AdvanceAsync(0.5);
        Assert.NotEqual(start, ring.Head);

        using var response = await server.App.Http.GetAsync($"/stocks/poll?since={ring.Epoch}-{start}&wait=0&symbols={QuietSymbol(server, start)}");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal($"{ring.Epoch}-{ring.Head}", response.Headers.GetValues("Salon-Cursor").Single());
        Assert.Equal(0, server.Market.Feed.Metrics.Replayed);
    }

    [Fact]
    public async Task A_poll_from_nowhere_is_told_to_begin_anew()
    {
        await using var server = await StocksServer.StartAsync();

        var answer = await GetAsync(server, "/stocks/poll?since=elsewhere-5&symbols=ACME");

        Assert.True(answer.GetProperty("reset").GetBoolean());
        Assert.Equal("snapshot", answer.GetProperty("events")[0].GetProperty("event").GetString());
        Assert.Single(answer.GetProperty("events")[0].GetProperty("data").GetProperty("symbols").EnumerateArray());
    }

    [Theory]
    [InlineData("/stocks/poll?wait=31", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/poll?wait=-1", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/poll?wait=soon", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/poll?symbols=NOPE", HttpStatusCode.BadRequest, "unknown_symbol")]
    [InlineData("/stocks/NOPE/candles", HttpStatusCode.NotFound, "unknown_symbol")]
    [InlineData("/stocks/%20/candles", HttpStatusCode.NotFound, "unknown_symbol")]
    [InlineData("/stocks/ACME/candles?interval=1h", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/ACME/candles?limit=0", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/ACME/candles?limit=301", HttpStatusCode.BadRequest, "invalid_argument")]
    [InlineData("/stocks/ws", HttpStatusCode.UpgradeRequired, "no_websocket")]
    public async Task What_cannot_be_answered_is_a_problem_document(string path, HttpStatusCode status, string code)
    {
        await using var server = await StocksServer.StartAsync();

        using var response = await server.App.Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.UpgradeRequired ? "websocket" : "", response.Headers.Upgrade.ToString());
        Assert.Equal(code, JsonDocument.Parse(text).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Candles_agree_with_the_ticks()
    {
        await using var server = await StocksServer.StartAsync();
        await using var client = await server.OpenAsync("/stocks/stream?symbols=NIMB");
        await client.ReadAsync("snapshot");
        await server.AdvanceAsync(125);

        var answer = await GetAsync(server, "/stocks/NIMB/candles?interval=1m&limit=2");
        var candle = answer.GetProperty("candles")[0];
        var (prices, volume, told, minutes) = (new List<decimal>(), 0L, default(SseEvent), 0);

        // The first minute began before anybody read.
        while (minutes < 2)
        {
            var next = (await client.ReadAsync())!;

            if (next.Name == "tick" && minutes == 1)
            {
                prices.Add(next.Json.GetProperty("price").GetDecimal());
                volume += next.Json.GetProperty("size").GetInt64();
            }
            else if (next.Name == "candle" && next.Json.GetProperty("interval").GetString() == "1m")
            {
                told = next;
                minutes++;
            }
        }

        Assert.True(candle.GetProperty("closed").GetBoolean());
        Assert.False(answer.GetProperty("candles")[1].GetProperty("closed").GetBoolean());

        foreach (var (name, expected) in new[] { ("open", prices[0]), ("close", prices[^1]), ("high", prices.Max()), ("low", prices.Min()), ("volume", volume) })
        {
            Assert.Equal(expected, candle.GetProperty(name).GetDecimal());
            Assert.Equal(expected, told!.Json.GetProperty(name).GetDecimal());
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_for_who_wants_it(string encoding)
    {
        await using var server = await StocksServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stocks/ACME/candles?interval=5s");
        request.Headers.AcceptEncoding.ParseAdd(encoding);

        using var response = await server.App.Http.SendAsync(request);
        var plain = await server.App.Http.GetByteArrayAsync("/stocks/ACME/candles?interval=5s");

        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.Single());
        Assert.InRange(response.Content.Headers.ContentLength!.Value, 100, plain.Length / 3);
    }

    [Fact]
    public async Task The_symbols_are_listed_and_the_status_tells_of_the_market()
    {
        await using var server = await StocksServer.StartAsync();

        var list = await GetAsync(server, "/stocks/symbols");
        var status = (await GetAsync(server, "/status")).GetProperty("stocks");

        Assert.Equal(40, list.GetArrayLength());
        Assert.Equal("""{"symbol":"ACME","name":"Acme Anvils","sector":"Industry"}""", list[0].ToString());
        Assert.Equal("simulated", status.GetProperty("source").GetString());
        Assert.True(status.GetProperty("live").GetBoolean());
        Assert.StartsWith(server.Market.Feed.Ring!.Epoch, status.GetProperty("lastEventId").GetString());
    }

    /// <summary>A symbol of which the market has told nothing after an event.</summary>
    private static string QuietSymbol(StocksServer server, long after)
    {
        var told = new HashSet<int>();

        for (var sequence = after + 1; server.Market.Feed.Ring!.TryGet(sequence, out var found); sequence++)
        {
            told.Add(found.Topic);
        }

        var quiet = Enumerable.Range(0, server.Market.Listings.Count).First(listing => !told.Contains(listing));
        return server.Market.Listings[quiet].Symbol;
    }

    private static long SequenceOf(JsonElement item) => long.Parse(item.GetProperty("id").GetString()!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<JsonElement> GetAsync(StocksServer server, string path) =>
        JsonDocument.Parse(await server.App.Http.GetStringAsync(path)).RootElement;
}
