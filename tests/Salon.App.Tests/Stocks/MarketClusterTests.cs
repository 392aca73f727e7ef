using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Stocks;
using Salon.App.Stocks.Cluster;
using Salon.Redis;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>One market for all nodes, whoever of them fails.</summary>
public class MarketClusterTests
{
    [Fact]
    public async Task All_nodes_tell_the_same_events_and_a_client_may_move_between_them()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await using var one = await SseClient.OpenAsync(first.Uri);
        await using var other = await SseClient.OpenAsync(second.Uri);
        var (snapshot, latest) = (await one.ReadAsync("snapshot"), await other.ReadAsync("snapshot"));
        var events = await ReadAsync(one, 100);
        var same = await ReadAsync(other, 20);

        await using var moved = await SseClient.OpenAsync(second.Uri, lastEventId: events[49].Id);
        await moved.ReadAsync("status");

        Assert.Equal(events.Skip(50).Take(30).Select(static each => each.ToString()), (await ReadAsync(moved, 30)).Select(static each => each.ToString()));
        Assert.Equal(snapshot.Id!.Split('-')[0], latest.Id!.Split('-')[0]);
        Assert.All(same.Where(each => each.Sequence <= events[^1].Sequence), each => Assert.Equal(events.Single(known => known.Id == each.Id).ToString(), each.ToString()));
    }

    [Fact]
    public async Task A_node_that_comes_later_knows_the_past()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var client = await SseClient.OpenAsync(first.Uri);
        await client.ReadAsync("snapshot");
        var events = await ReadAsync(client, 150);

        await using var second = await StartAsync(redis);
        await using var moved = await SseClient.OpenAsync(second.Uri, lastEventId: events[0].Id);
        var status = await moved.ReadAsync("status");

        Assert.Equal(events.Skip(1).Select(static each => each.ToString()), (await ReadAsync(moved, 149)).Select(static each => each.ToString()));
        Assert.True(status.Json.GetProperty("replayed").GetInt32() >= 149);
        Assert.Equal(await CandlesAsync(first), await CandlesAsync(second));
    }

    [Fact]
    public async Task When_the_node_that_makes_the_market_is_killed_another_goes_on_with_the_next_event()
    {
        await using var redis = await RedisServer.StartAsync();
        using var storage = new TestStorage();
        using var doomed = AppProcess.Start([.. storage.Settings, ("REDIS_URL", redis.Url), ("NODE_ID", "doomed")]);
        var address = await doomed.ListeningAsync();
        await Eventually.Async("it makes the market", () => doomed.Output.Any(static line => line.Contains("makes the market")));
        await using var heir = await StartAsync(redis);
        await using var dying = await SseClient.OpenAsync(address);
        await using var client = await SseClient.OpenAsync(heir.Uri);
        var snapshot = await client.ReadAsync("snapshot");
        await dying.ReadAsync("snapshot");
        var last = (await ReadAsync(dying, 50))[^1];

        await doomed.KillAsync();
        var killed = DateTime.UtcNow;
        await Eventually.Async("the heir makes the market", () => heir.Logs.Entries.Any(static entry => entry.Message.Contains("makes the market")));
        var took = DateTime.UtcNow - killed;
        var from = heir.Services.GetRequiredService<Market>().Feed.Ring!.Head;
        await using var moved = await SseClient.OpenAsync(heir.Uri, lastEventId: last.Id);
        await moved.ReadAsync("status");

        Assert.InRange(took.TotalSeconds, 0, 5);
        Assert.Equal(last.Sequence + 1, (await moved.ReadAsync())!.Sequence);

        for (var sequence = snapshot.Sequence + 1; sequence <= from + 100;)
        {
            var next = (await client.ReadAsync())!;
            Assert.NotEqual("reset", next.Name);
            Assert.True(next.Id is null || next.Sequence == sequence++, $"{next} instead of {sequence}");
        }
    }

    [Fact]
    public async Task While_Redis_is_away_the_market_is_stale_and_afterwards_nobody_misses_anything_unawares()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await using var client = await SseClient.OpenAsync(second.Uri);
        var (last, isReset) = (await client.ReadAsync("snapshot"), false);
        first.Logs.Expect("");
        second.Logs.Expect("");

        await redis.StopAsync();

        for (var isLive = true; isLive;)
        {
            var next = (await client.ReadAsync())!;
            (last, isLive) = next.Id is null ? (last, next.Json.GetProperty("live").GetBoolean()) : (next, true);
        }

        await redis.StartAgainAsync();

        // It had nothing on its disk. Whether that is a new beginning depends on what the nodes had still to write.
        for (var count = 0; count < 50; count++)
        {
            var next = (await client.ReadAsync())!;
            isReset |= next.Name == "reset";
            Assert.True(next.Id is null || isReset || next.Sequence == last.Sequence + 1, $"{next} after {last}");
            (last, isReset) = next.Id is null ? (last, isReset) : (next, false);
        }

        await Eventually.Async("both are live", () => Live(first) && Live(second));
    }

    [Theory]
    [InlineData("nonsense", false)]
    [InlineData("null", true)]
    [InlineData("{}", true)]
    [InlineData("""{"EntryId":"1-1","Epoch":"e","Origin":1,"Head":1,"Time":1,"IsOpen":true,"Quotes":[1],"Closed":[],"Growing":[]}""", true)]
    [InlineData("""{"EntryId":"1","Epoch":"e","Origin":1,"Head":1,"Time":1,"IsOpen":true,"Quotes":[],"Closed":[],"Growing":[]}""", true)]
    [InlineData("""{"EntryId":"1-1","Epoch":null,"Origin":1,"Head":1,"Time":1,"IsOpen":true,"Quotes":[],"Closed":[],"Growing":[]}""", true)]
    public async Task A_state_that_cannot_be_read_is_as_good_as_none(string state, bool isCompressed)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var client = new RedisClient(RedisOptions.Parse(redis.Url));
        await client.SetAsync((await KeysAsync()).State, isCompressed ? Compress(state) : Encoding.UTF8.GetBytes(state));

        await using var app = await AppServer.StartAsync(settings: ["--REDIS_URL", redis.Url]);
        app.Logs.Expect("DATA_DIR");
        app.Logs.Expect("cannot be read");
        await Eventually.Async("there is a market all the same", () => Live(app));

        Assert.Contains(app.Logs.Entries, static entry => entry.Message.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("null", "[]")]
    [InlineData("[1,1,0]", "[]")]
    [InlineData("[1,1]", "[[null,1,1,{}]]")]
    [InlineData("[1,1]", "[[\"tick\",\"x\",1,{}]]")]
    [InlineData("[1,1]", "[[\"tick\",99999999999,1,{}]]")]
    [InlineData("{", "}")]
    public async Task A_step_that_cannot_be_read_is_passed_over(string step, string events)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        first.Logs.Expect("cannot be read");
        second.Logs.Expect("cannot be read");
        await using var outside = new RedisClient(RedisOptions.Parse(redis.Url));
        await using var client = await SseClient.OpenAsync(second.Uri);
        var last = (await client.ReadAsync("snapshot")).Sequence;

        await outside.ExecuteAsync(RedisCommand.Create(
            "XADD", (await KeysAsync()).Steps, "*", "epoch", "e", "origin", "1", "first", "1", "step", step, "events", events));

        foreach (var next in await ReadAsync(client, 100))
        {
            Assert.NotEqual("reset", next.Name);
            Assert.Equal(++last, next.Sequence);
        }
    }

    private static async Task<AppServer> StartAsync(RedisServer redis)
    {
        var app = await AppServer.StartAsync(settings: ["--REDIS_URL", redis.Url]);

        // Only the market is shared here, and each says that its chat is not.
        app.Logs.Expect("DATA_DIR");
        await Eventually.Async("the node hears of the market", () => Live(app));
        return app;
    }

    /// <summary>Where the market is that an app makes with the usual settings.</summary>
    private static async Task<MarketKeys> KeysAsync()
    {
        await using var alone = await AppServer.StartAsync();
        return new MarketKeys(alone.Services.GetRequiredService<IMarketSource>(), new Hosting.RedisSettings(new Redis.RedisOptions()));
    }

    private static byte[] Compress(string text)
    {
        using var output = new MemoryStream();

        using (var compressor = new BrotliStream(output, CompressionLevel.Fastest))
        {
            compressor.Write(Encoding.UTF8.GetBytes(text));
        }

        return output.ToArray();
    }

    private static bool Live(AppServer app) => app.Services.GetRequiredService<Market>() is { IsLive: true, Feed.Ring: not null };

    private static async Task<List<SseEvent>> ReadAsync(SseClient client, int count)
    {
        var events = new List<SseEvent>();

        while (events.Count < count)
        {
            var next = (await client.ReadAsync())!;
            events.AddRange(next.Id is null ? [] : [next]);
        }

        return events;
    }

    private static async Task<string> CandlesAsync(AppServer app)
    {
        var answer = JsonDocument.Parse(await app.Http.GetStringAsync("/stocks/NIMB/candles?interval=1m&limit=30")).RootElement;
        return string.Join('\n', answer.GetProperty("candles").EnumerateArray().Where(static candle => candle.GetProperty("closed").GetBoolean()).Skip(2).Take(20));
    }
}
