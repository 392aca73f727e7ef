using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>The page of the stocks in Chromium. No tab may log an error or ask another server for anything.</summary>
public class StocksPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task What_is_listed_is_what_the_market_says_and_silence_shows()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);

        Assert.Equal(40, await window.Rows.CountAsync());
        await server.AdvanceAsync(5);
        await window.WaitForAsync(await server.PricesAsync());
        await window.Page.GetByText("Simulated data").WaitForAsync();
        await window.Page.Locator(".stocks[data-health=live]").WaitForAsync();

        // Nobody moves the clock any more.
        await window.Page.GetByRole(AriaRole.Status).GetByText("The market is open, but silent.", new() { Exact = true }).WaitForAsync();
        await window.Page.GetByText("Nothing for").WaitForAsync();
        Assert.Equal(0, await window.Page.Locator(".banner [role=status]", new() { HasTextRegex = new Regex(@"\d") }).Or(window.Page.Locator("button [role=status]")).CountAsync());
        await server.AdvanceAsync(1);
        await window.Page.Locator(".stocks[data-health=live]").WaitForAsync();
    }

    [Fact]
    public async Task Tabs_share_one_stream_and_no_event_is_lost_when_the_one_that_has_it_closes()
    {
        const int Tabs = 4;
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        var listener = await context.NewPageAsync();
        await listener.GotoAsync(server.Uri.ToString());
        await listener.EvaluateAsync("""
            () => {
                globalThis.ids = [];
                globalThis.channel = new BroadcastChannel("salon.stocks");
                channel.onmessage = ({ data }) => data.kind === "event" && data.event.id && ids.push(data.event.id);
            }
            """);

        var windows = new List<StocksWindow>();
        for (var i = 0; i < Tabs; i++)
        {
            windows.Add(await StocksWindow.OpenAsync(context, server.Uri));
        }

        await server.AdvanceAsync(3);
        var before = await server.PricesAsync();
        await Task.WhenAll(windows.Select(window => window.WaitForAsync(before)));
        Assert.Equal(1, await server.StreamsAsync());

        var leader = await FindLeaderAsync(windows);
        windows.Remove(leader);
        var closing = leader.DisposeAsync();
        await server.AdvanceAsync(3);
        await closing;
        await server.AdvanceAsync(3);

        var after = await server.PricesAsync();
        await Task.WhenAll(windows.Select(window => window.WaitForAsync(after)));
        Assert.Equal(1, await server.StreamsAsync());
        Assert.Single(await Task.WhenAll(windows.Select(static window => window.RoleAsync())), "leader");

        var numbers = (await listener.EvaluateAsync<string[]>("[...new Set(ids)]")).Select(static id => long.Parse(id.Split('-')[1], CultureInfo.InvariantCulture)).Order().ToList();
        Assert.True(numbers.Count > 100, $"only {numbers.Count} events");
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + i), numbers);

        foreach (var window in windows)
        {
            await window.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_network_that_was_away_has_cost_nothing()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(1);
        await window.WaitForAsync(await server.PricesAsync());

        await context.SetOfflineAsync(true);
        await window.Page.Locator(".stocks[data-health=lost]").WaitForAsync();
        await server.AdvanceAsync(10);
        await context.SetOfflineAsync(false);

        await window.Page.GetByText("missed events were replayed").WaitForAsync();
        await window.WaitForAsync(await server.PricesAsync());

        // The browser says itself that nobody answered.
        window.Forgive();
    }

    [Fact]
    public async Task A_pause_holds_the_prices_and_what_is_exported_is_what_is_shown()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(2);
        var shown = await server.PricesAsync();
        await window.WaitForAsync(shown);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await server.AdvanceAsync(5);
        await window.Page.GetByText("updates wait").WaitForAsync();
        Assert.NotEqual(shown, await server.PricesAsync());
        Assert.Equal(shown, await window.ReadAsync());

        await window.Page.FillAsync("#filter", "acme");
        var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Export CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("ACME,", lines[1], StringComparison.Ordinal);
        Assert.Equal(shown["ACME"], lines[1].Split(',')[3]);

        await window.Page.FillAsync("#filter", "");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await window.WaitForAsync(await server.PricesAsync());
    }

    [Fact]
    public async Task An_alert_tells_every_tab_once_that_a_price_was_crossed()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await using var other = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(1);
        await other.WaitForAsync(await server.PricesAsync());
        var price = decimal.Parse((await other.ReadAsync())["ACME"], CultureInfo.InvariantCulture);

        await other.Page.FillAsync("#alert-price", "much");
        await other.Page.Keyboard.PressAsync("Enter");
        await other.Page.GetByText("A price is a number above zero.").WaitForAsync();
        foreach (var line in new[] { price + 0.01m, price - 0.01m })
        {
            await other.Page.FillAsync("#alert-price", line.ToString(CultureInfo.InvariantCulture));
            await other.Page.Keyboard.PressAsync("Enter");
        }

        await other.Page.Locator(".alert").Nth(1).WaitForAsync();

        // Whichever way it goes.
        for (var i = 0; i < 100 && await window.Page.Locator(".toast").CountAsync() == 0; i++)
        {
            await server.AdvanceAsync(1);
        }

        await window.Page.Locator(".toast", new() { HasTextRegex = new Regex("ACME has (risen|fallen) to") }).First.WaitForAsync();
        await other.Page.Locator(".toast").First.WaitForAsync();
        await other.Page.ReloadAsync();
        await other.Page.Locator(".alert.fired").First.WaitForAsync();
        Assert.Equal(0, await other.Page.Locator(".toast").CountAsync());
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        var (page, keys) = (window.Page, window.Page.Keyboard);
        await server.AdvanceAsync(10);

        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowDown");
        var symbol = await page.Locator(".row.selected strong").TextContentAsync();
        Assert.Equal(await page.Locator(".row").Nth(2).Locator("strong").TextContentAsync(), symbol);
        Assert.EndsWith($"/stocks#{symbol}", page.Url);

        await keys.PressAsync("p");
        await page.Locator(".row").First.Locator("strong", new() { HasText = symbol! }).WaitForAsync();

        await keys.PressAsync("Enter");
        await keys.PressAsync("ArrowLeft");
        await keys.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator(".chart-plot")).ToHaveAttributeAsync("aria-valuetext", new Regex("open .*, high .*, low .*, close"));
        await keys.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".row.selected .choose")).ToBeFocusedAsync();

        await keys.PressAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "5 s", Pressed = true }).WaitForAsync();
        // A button of another row is a button.
        foreach (var key in new[] { "Enter", "Space" })
        {
            var row = page.Locator(".row:not(.selected) .choose").Nth(4);
            var other = await row.Locator("strong").TextContentAsync();
            await row.FocusAsync();
            await keys.PressAsync(key);
            await page.Locator(".row.selected strong", new() { HasText = other! }).WaitForAsync();
        }

        await page.GotoAsync(new Uri(server.Uri, $"/stocks#{symbol}").ToString());
        await page.Locator(".row.selected strong", new() { HasText = symbol! }).WaitForAsync();
        await keys.PressAsync("?");
        await page.GetByRole(AriaRole.Dialog).GetByText("pin the stock").WaitForAsync();
        await keys.PressAsync("Escape");

        await keys.PressAsync("/");
        await keys.TypeAsync("zzz");
        await page.GetByText("Nothing matches “zzz”.").WaitForAsync();
        await page.GetByText("Clear the filter").ClickAsync();
        Assert.Equal(40, await window.Rows.CountAsync());

        await page.ReloadAsync();
        await page.Locator(".row.selected strong", new() { HasText = symbol! }).WaitForAsync();
        Assert.Equal(symbol, await page.Locator(".row").First.Locator("strong").TextContentAsync());
    }

    [Fact]
    public async Task The_page_speaks_french_on_a_phone_in_the_dark()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser, new()
        {
            Locale = "fr-FR",
            ColorScheme = ColorScheme.Dark,
            ViewportSize = new() { Width = 360, Height = 740 },
            HasTouch = true,
            IsMobile = true,
        });
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(2);

        await window.Page.GetByText("Données simulées").WaitForAsync();
        Assert.True(await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Equal("rgb(20, 18, 28)", await window.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.Matches(@"^\d+,\d\d$", (await window.ReadAsync())["ACME"]);

        await window.Rows.Nth(20).TapAsync();
        await Eventually.Async("the chart comes into view", () => window.Page.Locator(".detail").EvaluateAsync<bool>("detail => Math.abs(detail.getBoundingClientRect().top) < 2"));
        Assert.Equal(await window.Rows.Nth(20).Locator("strong").TextContentAsync(), await window.Page.Locator(".detail h2").TextContentAsync());
    }

    [Fact]
    public async Task The_first_page_leads_to_the_stocks()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        var page = await context.NewPageAsync();

        await page.GotoAsync(server.Uri.ToString());
        await page.GetByText("Watch the market").ClickAsync();

        await page.Locator(".row").First.WaitForAsync();
        await Assertions.Expect(page).ToHaveTitleAsync(new Regex(@"^ACME \d"));
    }

    private static async Task<StocksWindow> FindLeaderAsync(IEnumerable<StocksWindow> windows)
    {
        foreach (var window in windows)
        {
            if (await window.RoleAsync() == "leader")
            {
                return window;
            }
        }

        throw new InvalidOperationException("No tab leads.");
    }
}
