using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using Salon.App.Tests.Stocks;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Every page of the app in each of its states, as axe-core sees it: in the light and in the dark, in both languages, wide and on a phone.</summary>
public class AccessibilityTests(BrowserFixture fixture)
{
    private const string Day = "light en-GB";
    private const string Night = "dark fr-FR";

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    [InlineData("light fr-FR")]
    [InlineData("dark en-GB")]
    public async Task The_first_page_keeps_nobody_out(string look)
    {
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/", look);
        await axe.Page.Locator("h1").First.WaitForAsync();

        await axe.LookAsync("the first page");
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task The_chat_keeps_nobody_out(string look)
    {
        await using var server = await AppServer.StartAsync();
        await using var bob = await ChatClient.ConnectAsync(server, "websocket", "Bob");
        await bob.JoinAsync("general");
        await bob.SayAsync("general", "hello, see https://example.org/");
        await using var axe = await OpenAsync(server.Uri, "/chat#general", look);
        var page = axe.Page;
        await page.Locator("#name").WaitForAsync();
        await axe.LookAsync("asked for a name");
        await page.FillAsync("#name", new string('x', 33));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await axe.LookAsync("told what is wrong with the name");

        await page.FillAsync("#name", "Amélie");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("textarea").FillAsync("good morning");
        await page.Locator("textarea").PressAsync("Enter");
        await page.Locator(".said").Nth(1).WaitForAsync();
        await bob.SayAsync("general", "this is read out");
        await page.Locator(".said").Nth(2).WaitForAsync();
        await axe.LookAsync("a conversation");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("design");
        await page.Locator("[role=option]").First.WaitForAsync();
        await axe.LookAsync("looking for a room");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("h1", new() { HasText = "design" }).WaitForAsync();
        await bob.SayAsync("general", "unread");
        await page.Locator(".badge").WaitForAsync();
        await axe.LookAsync("an empty room, and something unread in another");

        await page.Locator(".me button").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await axe.LookAsync("changing the name");
        await page.Keyboard.PressAsync("Escape");

        await page.Context.SetOfflineAsync(true);
        await page.Locator(".banner").WaitForAsync();
        await page.Locator("textarea").FillAsync("said to nobody");
        await page.Locator("textarea").PressAsync("Enter");
        await page.Locator(".said.pending").WaitForAsync();
        await axe.LookAsync("no connection");

        // The browser says itself that nobody answered.
        axe.Forgive();
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task The_drawers_of_the_chat_keep_nobody_out(string look)
    {
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/chat#general", look);
        var page = axe.Page;
        await page.FillAsync("#name", "Amélie");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("textarea").WaitForAsync();
        await page.SetViewportSizeAsync(390, 844);

        foreach (var drawer in new[] { "rooms", "members" })
        {
            await page.Locator(drawer == "rooms" ? ".room-head .only-narrow" : ".room-head .only-middle").ClickAsync();
            await page.Locator($".panel.{drawer}.open").WaitForAsync();
            Assert.Empty(await axe.FindAsync());
            await page.Keyboard.PressAsync("Escape");
        }

        await page.SetViewportSizeAsync(1280, 800);
        await page.Locator(".room-list li").HoverAsync();
        await page.Locator(".room-list .leave").ClickAsync();
        await page.Locator(".empty").WaitForAsync();
        await axe.LookAsync("in no room");
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task The_native_chat_keeps_nobody_out(string look)
    {
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/chat/native", look);
        var page = axe.Page;
        await page.Locator(".part").Nth(5).WaitForAsync();
        await axe.LookAsync("asked for a name");

        await page.FillAsync("#name", "Amélie");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".status.online").WaitForAsync();
        await page.FillAsync(".composer input", "hello");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".messages .said").WaitForAsync();
        await axe.LookAsync("a conversation");
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task The_stocks_keep_nobody_out(string look)
    {
        await using var server = await StocksServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/stocks", look);
        var page = axe.Page;
        await page.Locator(".row").First.WaitForAsync();
        await server.AdvanceAsync(10);
        await page.Locator(".stocks[data-health=live]").WaitForAsync();
        await axe.LookAsync("the market");

        var price = decimal.Parse((await server.PricesAsync())["ACME"], CultureInfo.InvariantCulture);
        foreach (var line in new[] { price + 0.01m, price - 0.01m, price * 2 })
        {
            await page.FillAsync("#alert-price", line.ToString(CultureInfo.InvariantCulture));
            await page.Keyboard.PressAsync("Enter");
        }

        await page.Locator(".alert").Nth(2).WaitForAsync();
        for (var i = 0; i < 100 && await page.Locator(".toast").CountAsync() == 0; i++)
        {
            await server.AdvanceAsync(1);
        }

        await page.FillAsync("#alert-price", "much");
        await page.Keyboard.PressAsync("Enter");
        await axe.LookAsync("alerts, one that is told and one that cannot be");

        await page.Locator("h1").First.ClickAsync();
        foreach (var key in new[] { "p", "2", "?" })
        {
            await page.Keyboard.PressAsync(key);
        }

        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await axe.LookAsync("a stock that is pinned, and the keys");
        await page.Keyboard.PressAsync("Escape");
        await page.FillAsync("#filter", "zzz");
        await axe.LookAsync("nothing matches");
        await page.FillAsync("#filter", "");

        await page.Context.SetOfflineAsync(true);
        await page.Locator(".stocks[data-health=lost]").WaitForAsync();
        await axe.LookAsync("no connection");

        // The browser says itself that nobody answered.
        axe.Forgive();
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task The_lab_keeps_nobody_out(string look)
    {
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/lab", look);
        var page = axe.Page;
        await page.Locator(".controls button").First.WaitForAsync();
        await axe.LookAsync("before a run");

        var start = page.GetByRole(AriaRole.Button, new() { NameRegex = new("^(Start|Démarrer)$") });
        await start.ClickAsync();
        await Eventually.Async(
            "each technique has got something",
            () => page.EvaluateAsync<bool>("(rows => rows.length === 6 && rows.every(row => Number(row.querySelectorAll('td')[1].textContent.replace(/\\D/g, '')) > 3))([...document.querySelectorAll('tr[data-technique]')])"));
        await axe.LookAsync("a run");

        // Of five questions: to a page, at once, both ways, without rooms, and no old proxies.
        await page.Locator(".questions fieldset").First.Locator("input").First.CheckAsync();

        for (var question = 1; question < 5; question++)
        {
            await page.Locator(".questions fieldset").Nth(question).Locator("input").Last.CheckAsync();
        }

        await page.Locator(".advice").WaitForAsync();
        await axe.LookAsync("an advice what to choose");
    }

    [Theory]
    [InlineData(Day)]
    [InlineData(Night)]
    public async Task A_shared_result_of_the_lab_keeps_nobody_out(string look)
    {
        // One of everything that a figure can be: a number, none, and something missed.
        var rows = string.Join(',', Enumerable.Range(0, 6).Select(static technique => $"[{technique},12,90,{technique},0,1,{technique * 10},40,null,2.5,31,9000,88,null]"));
        var run = Convert.ToBase64String(Encoding.UTF8.GetBytes($"[1,1790000000,[10,100,20,5,1000,10,30],[{rows}]]"));
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, $"/lab#run={run.Replace('+', '-').Replace('/', '_').TrimEnd('=')}", look);
        await axe.Page.Locator(".panel.shared").WaitForAsync();

        await axe.LookAsync("a result that somebody shared");
    }

    /// <summary>What finds nothing may be blind: this page has a fault of each kind that matters here.</summary>
    [Fact]
    public async Task Faults_that_are_planted_are_found()
    {
        await using var server = await AppServer.StartAsync();
        await using var axe = await OpenAsync(server.Uri, "/", Day);
        await axe.Page.EvaluateAsync("""
            () => {
                const outside = document.createElement("p");
                outside.textContent = "outside all landmarks, and pale";
                outside.style.color = "#ccc";
                const nameless = document.createElement("button");
                document.body.append(outside, nameless);
            }
            """);

        var found = await axe.FindAsync();

        foreach (var kind in new[] { "color-contrast", "region", "button-name" })
        {
            Assert.Contains(found, fault => fault.StartsWith(kind, StringComparison.Ordinal));
        }
    }

    private async Task<Axe> OpenAsync(Uri server, string path, string look) => await Axe.OpenAsync(await fixture.GetAsync(), server, path, look);
}
