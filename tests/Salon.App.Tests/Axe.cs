using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Salon.App.Tests;

/// <summary>
/// A page in one look, of which each state is asked what keeps people out: contrast, names, roles, landmarks, keyboard. Disposing it fails the test
/// when anything does.
/// </summary>
internal sealed class Axe : IAsyncDisposable
{
    private static readonly (int Width, int Height)[] Sizes = [(1280, 800), (390, 844)];

    private readonly PageComplaints _complaints;
    private readonly List<string> _faults = [];

    private Axe(Uri server, IPage page) => (Page, _complaints) = (page, new PageComplaints(server, page));

    public IPage Page { get; }

    /// <summary>Opens a page.</summary>
    /// <param name="browser">Chromium.</param>
    /// <param name="server">The app.</param>
    /// <param name="path">Where the page is.</param>
    /// <param name="look"><c>light</c> or <c>dark</c>, and a language: <c>dark fr-FR</c>.</param>
    public static async Task<Axe> OpenAsync(IBrowser browser, Uri server, string path, string look)
    {
        var context = await browser.NewContextAsync(new()
        {
            ColorScheme = look.StartsWith("dark", StringComparison.Ordinal) ? ColorScheme.Dark : ColorScheme.Light,
            Locale = look.Split(' ')[1],
            ViewportSize = new() { Width = Sizes[0].Width, Height = Sizes[0].Height },
        });
        context.SetDefaultTimeout(15_000);
        var axe = new Axe(server, await context.NewPageAsync());
        await axe.Page.GotoAsync(new Uri(server, path).ToString());
        return axe;
    }

    /// <summary>Asks about the page as it is now, on a wide screen and on a phone's.</summary>
    public async Task LookAsync(string state)
    {
        foreach (var (width, height) in Sizes)
        {
            await Page.SetViewportSizeAsync(width, height);
            _faults.AddRange((await FindAsync()).Select(fault => $"{state}, {width} wide: {fault}"));
        }

        await Page.SetViewportSizeAsync(Sizes[0].Width, Sizes[0].Height);
    }

    /// <summary>What is wrong with the page as it is now.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        // What fades in has another contrast until it has.
        await Page.EvaluateAsync("() => Promise.all(document.getAnimations().filter(each => Number.isFinite(each.effect.getComputedTiming().endTime)).map(each => each.finished.catch(() => {})))");
        var result = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        Assert.NotEmpty(result.Passes);
        return [.. result.Violations.SelectMany(static fault => fault.Nodes.Select(node => $"{fault.Id} at {node.Target}: {node.Html} {string.Join(' ', node.Any.Select(static check => check.Message))}"))];
    }

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Forgive();

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        _complaints.AssertNone();
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }
}
