using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>A tab on the page of the stocks. Tabs of one context are tabs of one browser.</summary>
internal sealed class StocksWindow : IAsyncDisposable
{
    private readonly PageComplaints _complaints;

    private StocksWindow(Uri server, IPage page) => (Page, _complaints) = (page, new PageComplaints(server, page));

    public IPage Page { get; }

    public ILocator Rows => Page.Locator(".row");

    /// <summary>The tab's part in sharing the stream.</summary>
    public Task<string?> RoleAsync() => Page.Locator(".stocks").GetAttributeAsync("data-role");

    public static async Task<IBrowserContext> CreateContextAsync(IBrowser browser, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new() { Locale = "en-GB", ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(10_000);
        return context;
    }

    /// <summary>Opens a tab, and waits until it has prices.</summary>
    public static async Task<StocksWindow> OpenAsync(IBrowserContext context, Uri server)
    {
        var window = new StocksWindow(server, await context.NewPageAsync());
        await window.Page.GotoAsync(new Uri(server, "/stocks").ToString());
        await window.Rows.First.WaitForAsync();
        return window;
    }

    /// <summary>The prices as they are written, by symbol.</summary>
    public async Task<Dictionary<string, string>> ReadAsync()
    {
        var rows = await Rows.EvaluateAllAsync<string[]>("rows => rows.map(row => row.querySelector('strong').textContent + ' ' + row.querySelector('.price .cell').textContent.replace(/[▲▼]/, ''))");
        return rows.Select(static row => row.Split(' ')).ToDictionary(static row => row[0], static row => row[1]);
    }

    /// <summary>Waits until the tab shows these prices.</summary>
    public Task WaitForAsync(IReadOnlyDictionary<string, string> prices) =>
        Eventually.Async("the page shows the prices of the market", async () => (await ReadAsync()).OrderBy(Key).SequenceEqual(prices.OrderBy(Key)));

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Forgive();

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        _complaints.AssertNone();
    }

    private static string Key(KeyValuePair<string, string> price) => price.Key;
}
