using System.Text;
using Salon.App.Stocks;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>Streams that are cut again and again: nothing is missing, and nothing comes twice.</summary>
public class ResumeTests(BrowserFixture browser)
{
    private const int Cuts = 20;

    [Theory]
    [InlineData(null, 20_000)]
    [InlineData("ACME,NIMB,TRAM", 2_000)]
    public async Task Cut_twenty_times_a_client_gets_every_event_once(string? symbols, int bytes)
    {
        var path = $"/stocks/stream?symbols={symbols}";
        await using var server = await StocksServer.StartLastingAsync();
        await using var running = server.Run();
        await using var proxy = new StreamProxy(server.Uri.Port);
        await using var first = await server.OpenAsync(path);
        var start = await first.ReadAsync("snapshot");
        var (received, last, fruitful) = (new List<string>(), start.Id, 0);
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"Cut by the random numbers of {seed}.");
        var random = new Random(seed);

        for (var cut = 0; cut < Cuts; cut++)
        {
            await using var client = await SseClient.OpenAsync(proxy.Uri, path, last);
            proxy.CutAfter(random.Next(1, bytes));
            var before = received.Count;

            try
            {
                while (await client.ReadAsync() is { } next)
                {
                    Assert.NotEqual("reset", next.Name);
                    last = next.Id ?? last;
                    received.AddRange(next.Id is null ? [] : [next.ToString()]);
                }
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException)
            {
                // Cut.
            }

            fruitful += received.Count > before ? 1 : 0;
        }

        // The others were cut within their headers.
        Assert.InRange(fruitful, Cuts / 4, Cuts);
        Assert.Equal(Expect(server.Market, symbols, start.Sequence, Sequence(last!)), received);
    }

    [Fact]
    public async Task Cut_twenty_times_a_browser_gets_every_event_once()
    {
        await using var server = await StocksServer.StartLastingAsync();
        await using var running = server.Run();
        await using var proxy = new StreamProxy(server.Uri.Port);
        await using var context = await (await browser.GetAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(proxy.Uri.ToString());
        await page.EvaluateAsync("""
            () => {
              window.ids = []; window.resets = 0; window.opens = 0;
              const source = new EventSource('/stocks/stream');
              source.onopen = () => window.opens++;
              source.addEventListener('reset', () => window.resets++);
              for (const name of ['snapshot', 'tick', 'candle']) source.addEventListener(name, event => window.ids.push(event.lastEventId));
            }
            """);

        for (var cut = 1; cut <= Cuts; cut++)
        {
            var expected = cut;
            await Eventually.Async($"the page has connected {cut} times", async () => await page.EvaluateAsync<int>("window.opens") >= expected);
            var count = await page.EvaluateAsync<int>("window.ids.length");
            await Eventually.Async("something has come", async () => await page.EvaluateAsync<int>("window.ids.length") > count);
            proxy.CutAfter(Random.Shared.Next(1, 3000));
        }

        await Eventually.Async("the page is back", async () => await page.EvaluateAsync<int>("window.opens") > Cuts);
        var head = server.Market.Feed.Ring!.Head;
        await Eventually.Async("the page has it all", async () => Sequence(await page.EvaluateAsync<string>("window.ids.at(-1)")) >= head);
        var sequences = (await page.EvaluateAsync<string[]>("window.ids")).Select(Sequence).ToList();

        Assert.Equal(0, await page.EvaluateAsync<int>("window.resets"));
        Assert.Equal(Enumerable.Range(0, sequences.Count).Select(index => sequences[0] + index), sequences);
    }

    /// <summary>What the market told of these symbols after one event and up to another.</summary>
    private static IEnumerable<string> Expect(Market market, string? symbols, long after, long until)
    {
        for (var sequence = after + 1; sequence <= until; sequence++)
        {
            Assert.True(market.Feed.Ring!.TryGet(sequence, out var told));

            if (symbols is null || told.Topic < 0 || symbols.Split(',').Contains(market.Listings[told.Topic].Symbol))
            {
                yield return $"{told.Name} {told.Id} {Encoding.UTF8.GetString(told.Data.Span)}";
            }
        }
    }

    private static long Sequence(string id) => long.Parse(id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
}
