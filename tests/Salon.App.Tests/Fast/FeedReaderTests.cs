using Salon.App.Streaming;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Who is told that a feed has something new: <see cref="FeedReaders"/> and <see cref="ReaderShard"/>, while readers come, go and are told.</summary>
[Trait("Stage", "fast")]
public class FeedReaderTests
{
    private readonly FeedReaders _readers = new();

    [Fact]
    public async Task News_that_come_while_somebody_is_told_are_told_in_one_more_round()
    {
        using var gate = new ManualResetEventSlim();
        var reader = new Reader { OnFirstNews = gate.Wait };
        using var registered = _readers.Add(reader);

        _readers.Wake();
        await Eventually.Async("it is being told", () => reader.News == 1);
        _readers.Wake();
        _readers.Wake();
        _readers.Wake();
        gate.Set();

        await Eventually.Async("it is told again", () => reader.News >= 2);
        var late = new Reader();
        using var next = _readers.Add(late);
        _readers.Wake();
        await Eventually.Async("this is told too", () => late.News >= 1 && reader.News >= 3);
    }

    [Fact]
    public void Who_comes_after_the_end_is_told_of_it_at_once_and_who_has_gone_before_is_not()
    {
        var (gone, there, late) = (new Reader(), new Reader(), new Reader());
        _readers.Add(gone).Dispose();
        using var registered = _readers.Add(there);

        _readers.End();
        using var added = _readers.Add(late);

        Assert.Equal((0, 1, 1), (gone.Ends, there.Ends, late.Ends));
    }

    [Fact]
    public async Task A_place_is_given_to_one_reader_at_a_time()
    {
        var first = Enumerable.Range(0, ReaderShard.Capacity + 2).Select(_ => _readers.Add(new Reader())).ToList();
        first[3].Dispose();
        first[^1].Dispose();
        Reader[] second = [.. Enumerable.Range(0, ReaderShard.Capacity).Select(static _ => new Reader())];
        Array.ForEach(second, reader => _readers.Add(reader));

        _readers.Wake();

        await Eventually.Async("each is told", () => second.All(static reader => reader.News == 1));
    }

    [Fact]
    public async Task However_many_come_and_go_while_it_is_told_who_stays_is_told_and_who_has_gone_is_not()
    {
        var there = new List<Reader>[4];
        using var isOver = new CancellationTokenSource();

        var waking = Task.Run(() =>
        {
            while (!isOver.IsCancellationRequested)
            {
                _readers.Wake();
                Thread.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, there.Length).Select(worker => Task.Run(() => there[worker] = ComeAndGo()))).Soon();
        await isOver.CancelAsync();
        await waking.Soon();
        List<Reader> staying = [.. there.SelectMany(static readers => readers)];
        var before = staying.ConvertAll(static reader => reader.News);

        _readers.Wake();

        await Eventually.Async("all are told", () => staying.Zip(before).All(static pair => pair.First.News > pair.Second));
        Assert.Equal(4 * 200, staying.Count);
        Assert.All(staying, static reader => Assert.Equal(0, reader.Ends));
        _readers.End();
        Assert.All(staying, static reader => Assert.Equal(1, reader.Ends));
    }

    [Fact]
    public async Task Whoever_comes_while_it_ends_is_told_of_the_end()
    {
        for (var round = 0; round < 200; round++)
        {
            var (readers, comers) = (new FeedReaders(), Enumerable.Range(0, 8).Select(static _ => new Reader()).ToList());

            await Task.WhenAll(
                Task.Run(() => comers.ForEach(reader => readers.Add(reader))),
                Task.Run(readers.End)).Soon();

            Assert.All(comers, static reader => Assert.InRange(reader.Ends, 1, 2));
        }
    }

    private List<Reader> ComeAndGo()
    {
        var staying = new List<Reader>();

        for (var i = 0; i < 2000; i++)
        {
            var reader = new Reader();
            var registered = _readers.Add(reader);

            if (i % 10 == 0)
            {
                staying.Add(reader);
            }
            else
            {
                registered.Dispose();
            }
        }

        return staying;
    }

    private sealed class Reader : IFeedReader
    {
        private int _news;
        private int _ends;

        public Action? OnFirstNews { get; init; }

        public int News => Volatile.Read(ref _news);

        public int Ends => Volatile.Read(ref _ends);

        public void OnNews()
        {
            if (Interlocked.Increment(ref _news) == 1)
            {
                OnFirstNews?.Invoke();
            }
        }

        public void OnEnd() => Interlocked.Increment(ref _ends);
    }
}
