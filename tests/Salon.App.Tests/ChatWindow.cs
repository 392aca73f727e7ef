using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Salon.App.Tests;

/// <summary>A browser window on the chat's page, of a person who shares nothing with the others.</summary>
internal sealed class ChatWindow : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    private ChatWindow(Uri server, IPage page)
    {
        Page = page;
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Complain(true, error);
        page.Request += (_, request) => Complain(!request.Url.StartsWith(server.ToString(), StringComparison.Ordinal), $"a request to {request.Url}");
    }

    public IPage Page { get; }

    public ILocator Composer => Page.Locator("textarea");

    public ILocator Timeline => Page.Locator(".timeline");

    /// <summary>What went wrong in the window: errors, warnings, and requests that leave the server.</summary>
    public IEnumerable<string> Complaints => _complaints;

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
        Assert.Empty(_complaints);
    }

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Clear();

    private void Complain(bool isReason, string text)
    {
        if (isReason)
        {
            _complaints.Enqueue(text);
        }
    }
}
