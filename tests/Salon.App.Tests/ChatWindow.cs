using Microsoft.Playwright;

namespace Salon.App.Tests;

/// <summary>A browser window on the chat's page, of a person who shares nothing with the others.</summary>
internal sealed class ChatWindow : IAsyncDisposable
{
    private readonly PageComplaints _complaints;

    private ChatWindow(Uri server, IPage page) => (Page, _complaints) = (page, new PageComplaints(server, page));

    public IPage Page { get; }

    public ILocator Composer => Page.Locator("textarea");

    public ILocator Timeline => Page.Locator(".timeline");

    /// <summary>Opens the page, and enters if a name is given.</summary>
    public static async Task<ChatWindow> OpenAsync(IBrowser browser, Uri server, string? name, string room = "general", BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new() { Locale = "en-GB" });
        context.SetDefaultTimeout(10_000);
        var window = new ChatWindow(server, await context.NewPageAsync());
        await window.Page.GotoAsync(new Uri(server, $"/chat#{room}").ToString());

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
        await Composer.WaitForAsync();
    }

    public async Task SayAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
    }

    public Task WaitForAsync(string text) => Timeline.GetByText(text, new() { Exact = true }).First.WaitForAsync();

    /// <summary>Everything that was said in the room, as far as it is loaded.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync() => await Page.Locator(".said").AllTextContentsAsync();

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        _complaints.AssertNone();
    }

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Forgive();
}
