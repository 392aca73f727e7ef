using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The chat's page in Chromium. No window may log an error or ask another server for anything.</summary>
public class ChatPageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Two_windows_talk_in_general_and_a_third_in_dev_sees_none_of_it()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, server.Uri, "Alice");
        await using var bob = await ChatWindow.OpenAsync(browser, server.Uri, "Bob");
        await using var chloe = await ChatWindow.OpenAsync(browser, server.Uri, "Chloé", "dev");

        await alice.SayAsync("hello Bob");
        await bob.WaitForAsync("hello Bob");
        await bob.SayAsync("hello Alice, see https://example.org/?a=1.");
        await alice.Timeline.GetByRole(AriaRole.Link, new() { Name = "https://example.org/?a=1", Exact = true }).WaitForAsync();
        await chloe.SayAsync("nobody in general hears this");
        await chloe.WaitForAsync("nobody in general hears this");

        Assert.Equal(["hello Bob", "hello Alice, see https://example.org/?a=1."], await alice.ReadAsync());
        Assert.Equal(await alice.ReadAsync(), await bob.ReadAsync());
        Assert.Equal(["nobody in general hears this"], await chloe.ReadAsync());
        Assert.Equal(["Alice(you)", "Bob"], await alice.Page.Locator(".member").EvaluateAllAsync<string[]>("items => items.map(item => item.querySelector('.name').textContent + (item.querySelector('.you')?.textContent ?? ''))"));
        Assert.Equal("general · Salon", await alice.Page.TitleAsync());
    }

    [Fact]
    public async Task Arrivals_departures_and_typing_are_seen()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, server.Uri, "Alice");

        var bob = await ChatWindow.OpenAsync(browser, server.Uri, "Bob");
        await alice.WaitForAsync("Bob joined");
        await bob.Composer.PressSequentiallyAsync("I thi");
        await alice.Page.GetByText("Bob is typing").WaitForAsync();
        await bob.Composer.PressAsync("Enter");
        await alice.WaitForAsync("I thi");
        await alice.Page.GetByText("Bob is typing").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await bob.Page.Locator(".room-list li").HoverAsync();
        await bob.Page.GetByLabel("Leave general").ClickAsync();

        await alice.WaitForAsync("Bob left");
        await bob.Page.GetByText("You are in no room").WaitForAsync();
        await bob.DisposeAsync();
    }

    [Fact]
    public async Task A_lost_connection_shows_and_comes_back_with_everything_that_was_written()
    {
        var browser = await fixture.GetAsync();
        using var data = new TemporaryDirectory();
        (string, string)[] settings = [("PORT", $"{Repository.FindFreePort()}"), ("DATA_DIR", data.Path)];
        var first = AppProcess.Start(settings);
        var address = await first.ListeningAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, address, "Alice");
        await using var bob = await ChatWindow.OpenAsync(browser, address, "Bob");
        await alice.SayAsync("before");
        await bob.WaitForAsync("before");

        await first.KillAsync();
        first.Dispose();
        var banner = alice.Page.GetByText("No connection.");
        await banner.WaitForAsync();
        await alice.SayAsync("written offline");
        await alice.Page.GetByText("1 message waits to be sent.").WaitForAsync();

        using var second = AppProcess.Start(settings);
        await second.ListeningAsync();
        await alice.Page.GetByText("Connected again").WaitForAsync(new() { Timeout = 30_000 });
        await bob.Timeline.GetByText("written offline").WaitForAsync(new() { Timeout = 30_000 });
        await alice.Page.Locator(".said.pending").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        Assert.Equal(["before", "written offline"], await alice.ReadAsync());
        Assert.Equal(["before", "written offline"], await bob.ReadAsync());

        // The browser says itself that nobody answered.
        alice.Forgive();
        bob.Forgive();
    }

    [Fact]
    public async Task Several_rooms_are_kept_apart_and_what_is_unread_is_counted()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, server.Uri, "Alice");
        await using var bob = await ChatWindow.OpenAsync(browser, server.Uri, "Bob");

        await alice.Page.Keyboard.PressAsync("Control+k");
        await alice.Page.Keyboard.TypeAsync("design");
        await alice.Page.GetByText("Create “design”").WaitForAsync();
        await alice.Page.Keyboard.PressAsync("Enter");
        await alice.Page.GetByText("Nothing has been said here yet.").WaitForAsync();
        await bob.SayAsync("one");
        await bob.SayAsync("two");
        await alice.Page.Locator(".badge", new() { HasText = "2" }).WaitForAsync();
        Assert.Equal("(2) design · Salon", await alice.Page.TitleAsync());

        await alice.Page.Keyboard.PressAsync("Alt+ArrowUp");
        await alice.WaitForAsync("two");
        await alice.Page.Locator(".badge").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.EndsWith("#general", alice.Page.Url);
        await alice.Page.GoBackAsync();
        await alice.Page.Locator("h1", new() { HasText = "design" }).WaitForAsync();

        await alice.Page.ReloadAsync();
        await alice.Page.Locator(".room-link", new() { HasText = "general" }).WaitForAsync();
        Assert.Equal(2, await alice.Page.Locator(".room-link").CountAsync());
    }

    [Fact]
    public async Task Older_messages_are_loaded_when_somebody_looks_for_them()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var writer = await ChatClient.ConnectAsync(server, "websocket", "Writer");
        await writer.JoinAsync("general");

        for (var i = 1; i <= 99; i++)
        {
            await writer.SayAsync("general", $"message {i}");
        }

        await using var alice = await ChatWindow.OpenAsync(browser, server.Uri, "Alice");
        await alice.WaitForAsync("message 99");
        Assert.Equal(50, (await alice.ReadAsync()).Count);

        await alice.Timeline.EvaluateAsync("timeline => timeline.scrollTop = 0");
        await alice.WaitForAsync("message 1");
        Assert.Equal(Enumerable.Range(1, 99).Select(i => $"message {i}"), await alice.ReadAsync());

        await alice.Page.GetByText("Jump to latest").ClickAsync();
        await Eventually.Async("the end is in view", () => alice.Timeline.EvaluateAsync<bool>("t => t.scrollHeight - t.scrollTop - t.clientHeight < 2"));
    }

    [Fact]
    public async Task A_name_that_cannot_be_is_explained()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await ChatWindow.OpenAsync(browser, server.Uri, name: null);

        foreach (var (name, problem) in new[] { ("  ", "at least one character"), (new string('x', 33), "at most 32"), ("a\u200bb", "nobody can see") })
        {
            await window.Page.FillAsync("#name", name);
            await window.Page.Keyboard.PressAsync("Enter");
            await window.Page.GetByRole(AriaRole.Alert).GetByText(problem).WaitForAsync();
        }

        await window.EnterAsync("Alice");
        await window.SayAsync("here I am");
        await window.WaitForAsync("here I am");
    }

    [Fact]
    public async Task The_page_speaks_french_on_a_phone_and_reads_by_drawers()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await ChatWindow.OpenAsync(browser, server.Uri, "Amélie", options: new()
        {
            Locale = "fr-FR",
            ColorScheme = ColorScheme.Dark,
            ViewportSize = new() { Width = 390, Height = 844 },
            HasTouch = true,
            IsMobile = true,
        });
        var page = window.Page;

        Assert.Equal("Message pour general", await window.Composer.GetAttributeAsync("placeholder"));
        Assert.Equal("fr", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal("rgb(20, 18, 28)", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));

        await page.GetByLabel("Afficher les salons").TapAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).TapAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Light" }).TapAsync();
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal("Message to general", await window.Composer.GetAttributeAsync("placeholder"));
        Assert.Equal("rgb(246, 245, 250)", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));

        await page.GetByLabel("Show who is here").TapAsync();
        await page.Locator(".members .name", new() { HasText = "Amélie" }).WaitForAsync();
    }

    [Fact]
    public async Task What_looks_like_html_is_text()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatWindow.OpenAsync(browser, server.Uri, "<b>Alice</b>", "%3Ci%3Eroom");
        const string Text = "<img src=x onerror=alert(1)> javascript:alert(1) \"'&amp;";

        await alice.SayAsync(Text);

        await alice.WaitForAsync(Text);
        Assert.Equal("<i>room", await alice.Page.Locator("h1").TextContentAsync());
        Assert.Equal(0, await alice.Page.Locator(".timeline img, .timeline a, .timeline b").CountAsync());
    }

    [Fact]
    public async Task The_first_page_leads_to_the_chat()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await ChatWindow.OpenAsync(browser, server.Uri, name: null);

        await window.Page.GotoAsync(server.Uri.ToString());
        await window.Page.GetByText("Enter the chat").ClickAsync();

        await window.Page.GetByText("What is your name?").WaitForAsync();
    }
}
