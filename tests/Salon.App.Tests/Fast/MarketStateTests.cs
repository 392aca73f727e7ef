using Salon.App.Hosting;
using Salon.App.Stocks;
using Salon.App.Stocks.Replayed;
using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>What the market remembers: quotes, candles, its clock, and what a file of ticks says.</summary>
[Trait("Stage", "fast")]
public sealed class MarketStateTests : IDisposable
{
    private const long Begin = 1_800_000_000_000;

    private readonly MarketBook _book = new(new Listings([new Listing("ACME", "Acme", "x"), new Listing("GLOB", "Globe", "x")]));
    private readonly string _file = Path.GetTempFileName();

    public MarketStateTests() => _book.Restore([Quote.At(100, Begin), Quote.At(200, Begin)], isOpen: true, Begin);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_candle_ends_with_the_step_that_is_after_it_and_its_last_moment_belongs_to_the_next()
    {
        var series = _book.CandlesOf(0, CandleInterval.All[0]);

        Apply(Begin + 250, Trade(0, 110, Begin + 250), Trade(0, 90, Begin + 250));
        Apply(Begin + 999);
        Assert.Empty(series.Closed);
        Apply(Begin + 1000, Trade(0, 120, Begin + 1000));

        Assert.Equal([new Candle(Begin, 110, 110, 90, 90, 2)], series.Closed);
        Assert.Equal(Begin + 1000, series.Open!.Value.Time);
        Assert.Null(_book.CandlesOf(1, CandleInterval.All[0]).Open);
    }

    [Fact]
    public void Events_tell_of_ended_candles_then_of_the_session_then_of_trades()
    {
        Apply(Begin + 250, Trade(0, 110, Begin + 250));
        var events = new List<NewEvent>();

        _book.Apply(new MarketStep(Begin + 60_000, IsOpen: false, [Trade(1, 210, Begin + 60_000)]), "test", events);

        Assert.Equal(["candle", "candle", "candle", "status", "tick"], events.Select(static each => each.Name));
        Assert.Equal((false, Begin + 60_000), (_book.IsOpen, _book.Time));
    }

    [Fact]
    public void A_day_begins_where_the_last_one_ended_and_its_first_trade_opens_it()
    {
        Apply(Begin + 250, Trade(0, 130, Begin + 250));
        _book.Apply(new MarketStep(Begin + 500, IsOpen: false, []), "test");
        Assert.Equal((130L, 130L, 1L), (_book.Quotes[0].Price, _book.Quotes[0].Open, _book.Quotes[0].Volume));
        _book.Apply(new MarketStep(Begin + 750, IsOpen: true, []), "test");

        Assert.Equal(Quote.At(130, Begin + 250), _book.Quotes[0]);
        Apply(Begin + 1000, Trade(0, 90, Begin + 1000));
        Assert.Equal(new Quote(90, 90, 90, 90, 130, 1, Begin + 1000), _book.Quotes[0]);
    }

    [Fact]
    public void Who_takes_over_what_is_now_goes_on_to_the_same_things()
    {
        Apply(Begin + 250, Trade(0, 110, Begin + 250), Trade(1, 190, Begin + 250));
        var other = new MarketBook(_book.Listings);
        other.CopyNow(_book);
        var (here, there) = (new List<NewEvent>(), new List<NewEvent>());
        var step = new MarketStep(Begin + 1000, IsOpen: true, [Trade(0, 95, Begin + 1000)]);

        _book.Apply(step, "test", here);
        other.Apply(step, "test", there);

        Assert.Equal(here.Select(static each => Convert.ToHexString(each.Data.Span)), there.Select(static each => Convert.ToHexString(each.Data.Span)));
        Assert.Equal(3, here.Count);
    }

    [Fact]
    public void The_clock_tells_each_step_once_and_leaves_out_what_lies_too_far_back()
    {
        var time = new ManualTimeProvider();
        var clock = new MarketClock(time, TimeSpan.FromMilliseconds(250));
        var begin = clock.Now;

        Assert.Empty(clock.StepsAfter(begin));
        time.Advance(TimeSpan.FromMilliseconds(749));
        Assert.Equal([begin + 250, begin + 500], clock.StepsAfter(begin));
        Assert.Equal([begin + 500], clock.StepsAfter(begin + 250));

        time.Advance(TimeSpan.FromHours(1));
        var late = clock.StepsAfter(begin).ToList();
        Assert.Equal((240, clock.Now), (late.Count, late[^1]));

        // The machine's clock was set back.
        Assert.Empty(clock.StepsAfter(clock.Now + 100_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_800_000_000_000)]
    [InlineData(253_402_300_799_999)]
    public void The_name_of_a_run_can_be_in_an_id_and_two_of_one_moment_differ(long time)
    {
        var names = Enumerable.Range(0, 20).Select(_ => MarketEpoch.Create(time)).ToList();

        Assert.All(names, static name => Assert.True(StreamId.TryParse($"{name}-1", out var id) && id.Epoch == name, name));
        Assert.True(names.Distinct().Count() > 1);
    }

    [Fact]
    public void A_file_of_ticks_is_played_by_time_and_what_cannot_be_read_is_reported_with_its_line()
    {
        File.WriteAllText(_file, "time,symbol,price,size\r\n# a remark\r\n2000,B,1.50,2\r\n\r\n1000,A,0.01,1\r\n1000,C,10000000,1000000000\r\nnonsense\r\n1970-01-01T00:00:01.5Z,A,2,1\r\n1000,a,1,1");

        var file = TickFile.Read(_file);

        Assert.Equal(
            [new RecordedTick(1000, "A", 1, 1), new RecordedTick(1000, "C", 1_000_000_000, 1_000_000_000), new RecordedTick(1500, "A", 200, 1), new RecordedTick(2000, "B", 150, 2)],
            file.Ticks);
        Assert.Equal([7, 9], file.Problems.Select(static problem => problem.Line));
        Assert.Equal(["A", "B", "C"], file.Listings.All.Select(static listing => listing.Symbol));
    }

    [Fact]
    public void Of_a_file_full_of_mistakes_some_are_reported_and_all_are_counted()
    {
        File.WriteAllLines(_file, ["1000,A,1,1", .. Enumerable.Repeat("?", 100)]);

        var file = TickFile.Read(_file);

        Assert.Equal((20, 100), (file.Problems.Count, file.ProblemCount));
    }

    [Fact]
    public void A_file_without_a_tick_and_one_that_is_not_there_are_said()
    {
        File.WriteAllText(_file, "time,symbol,price,size\n#\n");

        Assert.Contains("no line that can be read", Assert.Throws<SettingsException>(() => TickFile.Read(_file)).Message);
        Assert.Contains("cannot be read", Assert.Throws<SettingsException>(() => TickFile.Read(_file + ".none")).Message);
    }

    [Theory]
    [InlineData("0,A,0.01,1", true)]
    [InlineData("99999999999999,A,1,1", true)]
    [InlineData("2026-03-02T09:30:00.250Z , A , 1 , 1", true)]
    [InlineData("2026-03-02T09:30:00+01:00,A,1,1", true)]
    [InlineData("2026-03-02 09:30:00,A,1,1", true)]
    [InlineData("100000000000000,A,1,1", false)]
    [InlineData("99999999999999999999,A,1,1", false)]
    [InlineData("-1,A,1,1", false)]
    [InlineData("1969-12-31T23:59:59Z,A,1,1", false)]
    // No day: it would be another time on every day that it is read.
    [InlineData("09:30,A,1,1", false)]
    [InlineData("09:30:00.250,A,1,1", false)]
    // No year either.
    [InlineData("1.5,A,1,1", false)]
    [InlineData("5 March,A,1,1", false)]
    [InlineData("03/02/2026,A,1,1", false)]
    [InlineData("1,A,0.009,1", false)]
    [InlineData("1,A,10000000.01,1", false)]
    [InlineData("1,A,1e3,1", false)]
    [InlineData("1,A,-1,1", false)]
    [InlineData("1,A,NaN,1", false)]
    [InlineData("1,A,1,0", false)]
    [InlineData("1,A,1,1000000001", false)]
    [InlineData("1,A,1,1.5", false)]
    [InlineData("1,ABCDEFGHI,1,1", false)]
    [InlineData("1,,1,1", false)]
    [InlineData("1,A,1", false)]
    [InlineData("1,A,1,1,1", false)]
    public void A_line_is_read_when_it_says_one_thing_only(string line, bool isRead) => Assert.Equal(isRead, TickLine.TryParse(line, out _) is null);

    private static Trade Trade(int listing, long price, long time) => new(listing, price, Size: 1, time);

    private void Apply(long time, params Trade[] trades) => _book.Apply(new MarketStep(time, IsOpen: true, trades), "test");
}
