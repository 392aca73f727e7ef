using Microsoft.Playwright;
using Salon.Samples.Tests;
using Salon.Tests;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Salon.Samples.Tests;

/// <summary>One Chromium for all samples, in which every page is a person of its own. Started by the first that needs it.</summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page; the test is skipped, or in CI fails, where there is no Chromium.</summary>
    public async Task<IPage> OpenAsync(Uri address)
    {
        ExternalProgram.Require(ExternalProgram.Chromium, "apt-get install chromium");
        await _gate.WaitAsync();

        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExternalProgram.Chromium, Args = ["--no-sandbox"] });
        }
        finally
        {
            _gate.Release();
        }

        var context = await _browser.NewContextAsync();
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _gate.Dispose();
    }
}
