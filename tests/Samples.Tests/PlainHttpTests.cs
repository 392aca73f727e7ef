using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>The samples that need nothing but HTTP: polling, and server-sent events.</summary>
public class PlainHttpTests(BrowserFixture browser)
{
    [Fact]
    public async Task Both_kinds_of_polling_bring_every_message_and_the_long_one_asks_less()
    {
        using var sample = await Sample.StartAsync("ShortAndLongPolling");
        var page = await browser.OpenAsync(sample.Address);

        foreach (var text in new[] { "one", "<b>two</b>", "three" })
        {
            await page.FillAsync("#input", text);
            await page.Keyboard.PressAsync("Enter");
            await page.Locator("#long li").GetByText(text, new() { Exact = true }).WaitForAsync();
        }

        await page.Locator("#short li").GetByText("three", new() { Exact = true }).WaitForAsync();
        Assert.Equal(["one", "<b>two</b>", "three"], await page.Locator("#short li").AllTextContentsAsync());
        Assert.Equal(["one", "<b>two</b>", "three"], await page.Locator("#long li").AllTextContentsAsync());

        // One request for each message, and the one that waits; but two that came at once cost one.
        Assert.InRange(int.Parse(await page.Locator("#long .requests").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture), 2, 4);
    }

    [Fact]
    public async Task A_long_poll_waits_for_the_news_and_a_wrong_one_is_told_so()
    {
        using var sample = await Sample.StartAsync("ShortAndLongPolling");

        var waiting = sample.Http.GetFromJsonAsync<JsonElement>("/long-poll?since=0");
        Assert.Equal(0, (await sample.Http.GetFromJsonAsync<JsonElement>("/poll")).GetArrayLength());
        Assert.False(waiting.IsCompleted);
        using var said = await sample.Http.PostAsJsonAsync("/messages", new { text = "news" });
        Assert.Equal("news", (await waiting.Soon())[0].GetProperty("text").GetString());

        // A cursor of another life of the server.
        Assert.Equal(1, (await sample.Http.GetFromJsonAsync<JsonElement>("/long-poll?since=99")).GetArrayLength());
        using var wrong = await sample.Http.GetAsync("/poll?since=yesterday");
        using var empty = await sample.Http.PostAsJsonAsync("/messages", new { text = " " });
        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest], [wrong.StatusCode, empty.StatusCode]);
    }

    [Fact]
    public async Task Prices_come_to_the_page_and_move()
    {
        using var sample = await Sample.StartAsync("SseStocks");
        var page = await browser.OpenAsync(sample.Address);

        await page.GetByText("Connected.").WaitForAsync();
        await page.Locator("tbody tr").Nth(4).WaitForAsync();
        await page.GetByText("▲").Or(page.GetByText("▼")).First.WaitForAsync();

        Assert.Equal(["AAA", "BBB", "CCC", "DDD", "EEE"], await page.Locator("tbody th").AllTextContentsAsync());
    }

    [Fact]
    public async Task Who_comes_back_gets_what_was_missed_and_who_was_away_too_long_all_prices()
    {
        using var sample = await Sample.StartAsync("SseStocks");

        var (first, _) = await ReadAsync(sample, lastId: null, events: 3);
        Assert.Equal(["snapshot", "ticks", "ticks"], first.Select(static item => item.Event));
        var (second, ids) = await ReadAsync(sample, first[1].Id, events: 1);

        // Exactly what came after the id, and not the snapshot again.
        Assert.Equal("ticks", second[0].Event);
        Assert.StartsWith(first[2].Prices[..^1], second[0].Prices);
        Assert.Equal(ids[0].Split('-')[0], first[0].Id.Split('-')[0]);

        foreach (var id in new[] { "deadbeef-1", "nonsense", $"{ids[0].Split('-')[0]}-999999" })
        {
            Assert.Equal("snapshot", (await ReadAsync(sample, id, events: 1)).Items[0].Event);
        }
    }

    private static async Task<(List<(string Event, string Id, string Prices)> Items, List<string> Ids)> ReadAsync(Sample sample, string? lastId, int events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stocks");
        request.Headers.Add("Last-Event-ID", lastId is null ? [] : [lastId]);
        using var response = await sample.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var items = new List<(string Event, string Id, string Prices)>();
        var fields = new Dictionary<string, string>();

        while (items.Count < events && await reader.ReadLineAsync().Soon() is { } line)
        {
            if (line.Length > 0)
            {
                fields[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].TrimStart();
            }
            else
            {
                items.Add((fields["event"], fields["id"], fields["data"]));
                fields.Clear();
            }
        }

        return (items, [.. items.Select(static item => item.Id)]);
    }
}
