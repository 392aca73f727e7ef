using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests.Stocks;

/// <summary>What somebody lives through who leaves the page of the stocks, looks at something else, or comes when nothing is traded.</summary>
public class StocksVisitTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Who_asks_for_it_is_notified_by_the_browser_once_for_all_tabs()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await context.AddInitScriptAsync("""
            globalThis.told = [];
            globalThis.Notification = class {
                static permission = "default";
                static requestPermission = async () => (this.permission = "granted");
                constructor(title, { body }) { told.push(`${title}. ${body}`); }
                close() {}
            };
            """);
        await using var leader = await StocksWindow.OpenAsync(context, server.Uri);
        await using var other = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(1);
        await leader.WaitForAsync(await server.PricesAsync());
        var price = decimal.Parse((await leader.ReadAsync())["ACME"], CultureInfo.InvariantCulture);

        foreach (var line in new[] { price + 0.01m, price - 0.01m })
        {
            await leader.Page.FillAsync("#alert-price", line.ToString(CultureInfo.InvariantCulture));
            await leader.Page.Keyboard.PressAsync("Enter");
        }

        await leader.Page.GetByText("Notify me outside this page too").ClickAsync();
        await leader.Page.GetByText("You are also notified outside this page.").WaitForAsync();

        for (var i = 0; i < 100 && await leader.Page.Locator(".toast").CountAsync() == 0; i++)
        {
            await server.AdvanceAsync(1);
        }

        await other.Page.Locator(".toast").First.WaitForAsync();
        var told = await leader.Page.EvaluateAsync<string[]>("told");
        Assert.Equal(await leader.Page.Locator(".alert.fired").CountAsync(), told.Length);
        Assert.Matches(new Regex(@"^ACME has (risen|fallen) to [\d.]+\. Price: [\d.]+$"), told[0]);
        Assert.Empty(await other.Page.EvaluateAsync<string[]>("told"));
    }

    [Fact]
    public async Task An_alert_that_a_long_absence_has_crossed_is_told_on_return()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await server.AdvanceAsync(1);
        var before = await server.PricesAsync();
        await window.WaitForAsync(before);
        var price = decimal.Parse(before["ACME"], CultureInfo.InvariantCulture);

        foreach (var line in new[] { price + 0.01m, price - 0.01m })
        {
            await window.Page.FillAsync("#alert-price", line.ToString(CultureInfo.InvariantCulture));
            await window.Page.Keyboard.PressAsync("Enter");
        }

        // Longer than events are kept.
        await context.SetOfflineAsync(true);
        await window.Page.Locator(".stocks[data-health=lost]").WaitForAsync();
        await server.AdvanceAsync(8 * 60);
        await Eventually.Async("the price is another one", async () =>
        {
            await server.AdvanceAsync(1);
            return (await server.PricesAsync())["ACME"] != before["ACME"];
        });
        await context.SetOfflineAsync(false);

        await window.Page.GetByText("Connected again, with prices of now.").WaitForAsync();
        await window.Page.Locator(".toast").First.WaitForAsync();
        Assert.Equal(1, await window.Page.Locator(".alert.fired").CountAsync());
        window.Forgive();
    }

    [Fact]
    public async Task A_closed_market_is_said_to_be_closed_and_opens_before_the_eyes()
    {
        var browser = await fixture.GetAsync();
        await using var server = await StocksServer.StartAsync();
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await server.AdvanceAsync(29 * 60);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);

        await window.Page.Locator(".stocks[data-health=closed]").WaitForAsync();
        await Assertions.Expect(window.Page.Locator(".tag.strong")).ToHaveTextAsync("Market closed");
        await Assertions.Expect(window.Page.Locator(".light")).ToContainTextAsync("Market closed");
        Assert.Equal(0, await window.Page.Locator(".banner").CountAsync());

        await server.AdvanceAsync(90);
        await window.Page.Locator(".stocks[data-health=live]").WaitForAsync();
        await window.WaitForAsync(await server.PricesAsync());
        Assert.Equal(0, await window.Page.Locator(".tag.strong").CountAsync());
    }

    [Fact]
    public async Task Who_comes_back_with_the_back_button_finds_a_page_that_is_live()
    {
        ExternalProgram.Require(ExternalProgram.Chromium, "apt-get install chromium");
        await using var server = await StocksServer.StartAsync();
        using var playwright = await Playwright.CreateAsync();

        // Playwright keeps no pages to come back to, unless it is told so.
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = ExternalProgram.Chromium,
            Args = ["--no-sandbox"],
            IgnoreDefaultArgs = ["--disable-back-forward-cache"],
        });
        await using var context = await StocksWindow.CreateContextAsync(browser);
        await using var window = await StocksWindow.OpenAsync(context, server.Uri);
        await window.Page.EvaluateAsync("() => { globalThis.kept = true; addEventListener('pageshow', event => globalThis.returned = event.persisted); }");
        await server.AdvanceAsync(1);
        await window.WaitForAsync(await server.PricesAsync());

        await window.Page.Locator(".brand").ClickAsync();
        await window.Page.GetByText("Watch the market").WaitForAsync();
        await Eventually.Async("a page that nobody looks at has no stream", async () => await server.StreamsAsync() == 0);
        await server.AdvanceAsync(5);
        await window.Page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });

        await window.WaitForAsync(await server.PricesAsync());
        await server.AdvanceAsync(1);
        await window.WaitForAsync(await server.PricesAsync());
        await window.Page.Locator(".stocks[data-health=live][data-role=leader]").WaitForAsync();
        Assert.True(await window.Page.EvaluateAsync<bool>("globalThis.kept === true && globalThis.returned === true"), "The browser has made the page anew.");
    }
}
