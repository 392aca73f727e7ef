using Microsoft.Extensions.Configuration;
using Salon.App.Hosting;
using Salon.App.Stocks;
using Salon.App.Stocks.Replayed;
using Salon.App.Stocks.Simulated;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>Where trades come from: the simulation, and files of ticks.</summary>
public class MarketTests
{
    [Fact]
    public async Task The_same_seed_makes_the_same_market()
    {
        var first = await PlayAsync("1");
        var second = await PlayAsync("1");
        var other = await PlayAsync("2");

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Shares_move_together_and_stay_where_they_belong()
    {
        var source = new Simulation(1);
        var book = new MarketBook(source.Listings);
        var origin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        MarketMaker.PlayHistory(source, origin, book);
        var closes = Enumerable.Range(0, 40).Select(index => book.CandlesOf(index, CandleInterval.All[2]).Closed.Select(static candle => Math.Log(candle.Close)).ToArray()).ToList();
        var moves = closes.Select(static series => series.Zip(series.Skip(1), static (before, after) => after - before).ToArray()).ToList();
        var pairs = Enumerable.Range(0, 39).Where(index => moves[index].Length == moves[index + 1].Length).Select(index => Correlation(moves[index], moves[index + 1])).ToList();

        Assert.InRange(pairs.Average(), 0.1, 0.9);

        for (var i = 0; i < 40; i++)
        {
            Assert.InRange((double)book.Quotes[i].Price / source.InitialPriceOf(i), 0.7, 1.4);
            Assert.InRange(book.Quotes[i].Price, book.Quotes[i].Low, book.Quotes[i].High);
        }
    }

    [Fact]
    public async Task A_file_is_played_and_a_broken_line_is_named_and_left_out()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "ticks.csv");
        await File.WriteAllLinesAsync(path,
        [
            "time,symbol,price,size",
            "1000,AAA,10.00,5",
            "# a comment",
            "1500,BBB,20.5,7",
            "1600,AAA,ten,5",
            "",
            "2026-13-01,AAA,10,5",
            "2100,AAA,10.25,1",
            "1900,AAA,10.10,3",
            "2200,AAA,10.30",
        ]);
        var time = new ManualTimeProvider();
        await using var app = await AppServer.StartAsync(time: time, settings: ["--STOCKS_CSV", path, "--STOCKS_SPEED", "2"]);

        foreach (var line in new[] { 5, 7, 10 })
        {
            app.Logs.Expect($"Line {line} of STOCKS_CSV is left out");
        }

        await StocksServer.BegunAsync(app);
        await using var client = await SseClient.OpenAsync(app.Uri);
        var snapshot = await client.ReadAsync("snapshot");
        time.Advance(TimeSpan.FromSeconds(2));
        var ticks = new[] { await client.ReadAsync("tick"), await client.ReadAsync("tick"), await client.ReadAsync("tick"), await client.ReadAsync("tick") };

        Assert.Equal("replay", snapshot.Json.GetProperty("source").GetString());
        Assert.Equal(["10.00", "20.50", "10.10", "10.25"], ticks.Select(static tick => tick.Json.GetProperty("price").GetRawText()));
        Assert.Equal(9, ticks[^1].Json.GetProperty("volume").GetInt64());
        Assert.Equal([250, 250, 500, 750], ticks.Select(tick => tick.Json.GetProperty("time").GetInt64() - snapshot.Json.GetProperty("time").GetInt64()));
    }

    [Fact]
    public async Task After_its_end_a_file_begins_again_on_another_day()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "ticks.csv");
        await File.WriteAllLinesAsync(path, ["0,AAA,10,5", "1000,AAA,11,5"]);
        await using var server = await StocksServer.StartAsync("--STOCKS_CSV", path);
        await using var client = await server.OpenAsync();
        await server.AdvanceAsync(15);

        var events = new List<string>();

        while (events.Count < 6)
        {
            var next = (await client.ReadAsync())!;
            events.AddRange(next.Name is "candle" or "snapshot" ? [] : [$"{next.Name} {(next.Name == "tick" ? next.Json.GetProperty("volume") : next.Json.GetProperty("session"))}"]);
        }

        Assert.Equal(["status open", "tick 5", "tick 10", "status closed", "status open", "tick 5"], events);
    }

    [Fact]
    public void The_sample_in_the_repository_has_no_broken_line()
    {
        var file = TickFile.Read(Path.Combine(Repository.Root, "samples/ticks.csv"));

        Assert.Equal(0, file.ProblemCount);
        Assert.InRange(file.Ticks.Count, 1000, 10_000);
        Assert.Contains(file.Listings.All, static listing => listing.Name == "Acme Anvils");
    }

    [Theory]
    [InlineData("")]
    [InlineData("time,symbol,price,size")]
    [InlineData("not a line")]
    public void A_file_with_nothing_in_it_stops_the_start(string content)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "ticks.csv");
        File.WriteAllText(path, content);

        var exception = Assert.Throws<SettingsException>(() => TickFile.Read(path));

        Assert.StartsWith("STOCKS_CSV", exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("STOCKS_CSV", "/no/such/file.csv")]
    [InlineData("STOCKS_SPEED", "0")]
    [InlineData("STOCKS_SPEED", "-1")]
    [InlineData("STOCKS_SPEED", "fast")]
    [InlineData("STOCKS_SPEED", "1e3")]
    [InlineData("STOCKS_SEED", "one")]
    public void A_wrong_setting_is_named(string name, string value)
    {
        var environment = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(name, (string?)value)]).Build();

        var exception = Assert.Throws<SettingsException>(() => StocksSettings.Read(environment));

        Assert.StartsWith(name, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("a-1", true)]
    [InlineData("k3x9f2-9223372036854775807", true)]
    [InlineData("a-9223372036854775808", false)]
    [InlineData("a-", false)]
    [InlineData("a--1", false)]
    [InlineData("a-1 ", false)]
    [InlineData("a-+1", false)]
    [InlineData("A-1", false)]
    [InlineData("abcdefghijklmnopq-1", false)]
    public void Ids_are_an_epoch_and_a_number(string text, bool isId)
    {
        Assert.Equal(isId, StreamId.TryParse(text, out var id));
        Assert.Equal(isId ? text : "-0", id.ToString());
    }

    private static async Task<IReadOnlyList<string>> PlayAsync(string seed)
    {
        await using var server = await StocksServer.StartAsync("--STOCKS_SEED", seed);
        await using var client = await server.OpenAsync();
        var events = new List<string> { (await client.ReadAsync("snapshot")).Data };
        await server.AdvanceAsync(5);

        while (events.Count < 100)
        {
            events.Add((await client.ReadAsync())!.Data);
        }

        return events;
    }

    private static double Correlation(double[] first, double[] second)
    {
        var (meanOfFirst, meanOfSecond) = (first.Average(), second.Average());
        var together = first.Zip(second, (a, b) => (a - meanOfFirst) * (b - meanOfSecond)).Sum();
        return together / Math.Sqrt(first.Sum(a => Math.Pow(a - meanOfFirst, 2)) * second.Sum(b => Math.Pow(b - meanOfSecond, 2)));
    }
}
