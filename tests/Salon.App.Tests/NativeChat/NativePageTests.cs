using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests.NativeChat;

/// <summary>The page <c>/chat/native</c> in Chromium.</summary>
public class NativePageTests(BrowserFixture fixture)
{
    [Fact]
    public async Task Two_windows_talk_and_see_every_frame_of_it()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeWindow.OpenAsync(browser, server.Uri, "Alice");
        await using var bob = await NativeWindow.OpenAsync(browser, server.Uri, "Bob");

        await alice.SayAsync("hello <b>Bob</b>");
        await bob.WaitForAsync("hello <b>Bob</b>");
        await bob.SayAsync("hello Alice");
        await alice.WaitForAsync("hello Alice");

        Assert.Equal(["hello <b>Bob</b>", "hello Alice"], await bob.Page.Locator(".messages .said").AllTextContentsAsync());
        Assert.Equal(["Alice (you)", "Bob"], await alice.Page.Locator(".person").AllTextContentsAsync());
        Assert.Equal("2 people here", await alice.Page.Locator(".people span").First.TextContentAsync());
        var frames = await alice.Page.Locator(".frames li").EvaluateAllAsync<string[]>("items => items.map(item => item.className + ' ' + JSON.parse(item.querySelector('code').textContent).type)");
        Assert.Equal(["out join", "in hello", "in welcome", "in presence", "out message", "in message", "in message"], frames);
    }

    [Fact]
    public async Task The_code_that_is_shown_is_the_file_that_runs()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await NativeWindow.OpenAsync(browser, server.Uri, name: null);
        await window.Page.Locator(".part").Nth(5).WaitForAsync();

        var shown = string.Join('\n', await window.Page.Locator(".part pre").AllTextContentsAsync());
        var file = await server.Http.GetStringAsync("/native-chat.js");

        Assert.Equal(CodeOf(file), CodeOf(shown));
        Assert.Contains("openChat", shown);
        Assert.True(await window.Page.EvaluateAsync<bool>("performance.getEntriesByType('resource').some(entry => entry.name.endsWith('/native-chat.js') && entry.initiatorType !== 'fetch')"));
    }

    [Fact]
    public async Task After_a_restart_of_the_server_it_comes_back_by_itself_and_what_was_written_meanwhile_arrives_once()
    {
        var browser = await fixture.GetAsync();
        using var data = new TemporaryDirectory();
        (string, string)[] settings = [("PORT", $"{Repository.FindFreePort()}"), ("DATA_DIR", data.Path)];
        var first = AppProcess.Start(settings);
        var address = await first.ListeningAsync();
        await using var alice = await NativeWindow.OpenAsync(browser, address, "Alice");
        await using var bob = await NativeWindow.OpenAsync(browser, address, "Bob");
        await alice.SayAsync("before");
        await bob.WaitForAsync("before");

        await first.KillAsync();
        first.Dispose();
        await alice.Page.GetByText("Connection lost (1006).").WaitForAsync();
        await alice.SayAsync("written offline");
        await alice.SayAsync("and one more");
        Assert.Equal(2, await alice.Page.Locator(".messages .waiting").CountAsync());

        using var second = AppProcess.Start(settings);
        await second.ListeningAsync();
        await bob.Page.Locator(".status.online").WaitForAsync(new() { Timeout = 20_000 });
        await alice.Page.Locator(".status.online").WaitForAsync(new() { Timeout = 20_000 });
        await bob.WaitForAsync("and one more");
        await alice.Page.Locator(".messages .waiting").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        string[] expected = ["before", "written offline", "and one more"];
        Assert.Equal(expected, await alice.Page.Locator(".messages .said").AllTextContentsAsync());
        Assert.Equal(expected, await bob.Page.Locator(".messages .said").AllTextContentsAsync());

        // The browser says itself that nobody answered.
        alice.Forgive();
        bob.Forgive();
    }

    [Fact]
    public async Task The_button_cuts_the_connection_and_the_others_see_one_go_and_come_back()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeWindow.OpenAsync(browser, server.Uri, "Alice");
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");

        await alice.Page.GetByText("Cut the connection").ClickAsync();

        Assert.Equal("""{"type":"presence","name":"Alice","here":false}""", (await bob.ReadAsync("presence")).GetRawText());
        Assert.Equal("""{"type":"presence","name":"Alice","here":true}""", (await bob.ReadAsync("presence")).GetRawText());
        await alice.Page.Locator(".status.online").WaitForAsync();
    }

    [Fact]
    public async Task A_name_that_is_taken_or_cannot_be_is_explained()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");
        await using var window = await NativeWindow.OpenAsync(browser, server.Uri, name: null);

        foreach (var (name, problem) in new[] { (" ", "at least one character"), (new string('x', 33), "at most 32"), ("a\u200bb", "nobody can see"), ("bob", "Somebody else has this name") })
        {
            await window.Page.FillAsync("#name", name);
            await window.Page.Keyboard.PressAsync("Enter");
            await window.Page.GetByRole(AriaRole.Alert).GetByText(problem).WaitForAsync();
        }

        await window.Page.Locator("#name:focus").WaitForAsync();
        await window.Page.Locator(".frames code").GetByText("\"code\":\"name_taken\"").WaitForAsync();
        await window.EnterAsync("Alice");
    }

    [Fact]
    public async Task The_page_takes_two_thousand_emoji_and_no_half_one()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await NativeWindow.OpenAsync(browser, server.Uri, name: "Alice");
        var input = window.Page.Locator(".composer input");

        foreach (var (text, problem) in new[] { ("'👍'.repeat(2001)", "at most 2,000 characters"), ("'a' + '\\ud83d'", "half a character") })
        {
            await input.EvaluateAsync($"field => {{ field.value = {text}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }}");
            await input.PressAsync("Enter");
            await window.Page.GetByRole(AriaRole.Alert).GetByText(problem).WaitForAsync();
        }

        await input.EvaluateAsync("field => { field.value = '👍'.repeat(2000); field.dispatchEvent(new Event('input', { bubbles: true })); }");
        await input.PressAsync("Enter");
        await window.WaitForAsync(string.Concat(Enumerable.Repeat("👍", 2_000)));
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough_in_french_on_a_dark_phone()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await NativeWindow.OpenAsync(browser, server.Uri, name: null, new()
        {
            Locale = "fr-FR",
            ColorScheme = ColorScheme.Dark,
            ViewportSize = new() { Width = 360, Height = 740 },
        });
        var page = window.Page;

        await page.Locator("#name").WaitForAsync();

        // The link home, then the name.
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Amélie");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".composer input:focus").WaitForAsync();
        await page.Keyboard.TypeAsync("bonjour");
        await page.Keyboard.PressAsync("Enter");
        await window.WaitForAsync("bonjour");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Shift+Tab");
        Assert.Equal("Couper la connexion", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Connexion perdue (1006).").WaitForAsync();
        await page.Locator(".status.online").WaitForAsync();

        Assert.Equal("fr", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Equal("rgb(20, 18, 28)", await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    private static IEnumerable<string> CodeOf(string source) => source
        .Split('\n')
        .Where(static line => line.Trim().Length > 0 && !System.Text.RegularExpressions.Regex.IsMatch(line, @"^ *// \d+$"));

    /// <summary>A browser window on the page, of a person who shares nothing with the others.</summary>
    private sealed class NativeWindow : IAsyncDisposable
    {
        private readonly PageComplaints _complaints;

        private NativeWindow(Uri server, IPage page) => (Page, _complaints) = (page, new PageComplaints(server, page));

        public IPage Page { get; }

        public static async Task<NativeWindow> OpenAsync(IBrowser browser, Uri server, string? name, BrowserNewContextOptions? options = null)
        {
            var context = await browser.NewContextAsync(options ?? new() { Locale = "en-GB" });
            context.SetDefaultTimeout(10_000);
            var window = new NativeWindow(server, await context.NewPageAsync());
            await window.Page.GotoAsync(new Uri(server, "/chat/native").ToString());

            if (name is not null)
            {
                await window.EnterAsync(name);
            }

            return window;
        }

        public async Task EnterAsync(string name)
        {
            await Page.FillAsync("#name", name);
            await Page.Keyboard.PressAsync("Enter");
            await Page.Locator(".status.online").WaitForAsync();
        }

        public async Task SayAsync(string text)
        {
            await Page.FillAsync(".composer input", text);
            await Page.Keyboard.PressAsync("Enter");
        }

        public Task WaitForAsync(string text) => Page.Locator(".messages").GetByText(text, new() { Exact = true }).First.WaitForAsync();

        public void Forgive() => _complaints.Forgive();

        public async ValueTask DisposeAsync()
        {
            await Page.Context.DisposeAsync();
            _complaints.AssertNone();
        }
    }
}
