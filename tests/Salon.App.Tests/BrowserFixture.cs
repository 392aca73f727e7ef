using Microsoft.Playwright;
using Salon.App.Tests;
using Salon.Tests;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Salon.App.Tests;

/// <summary>One Chromium for all tests of pages, to which every name in <c>.test</c> is this machine. Started by the first that needs it.</summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Chromium; the test is skipped, or in CI fails, where there is none.</summary>
    public async Task<IBrowser> GetAsync()
    {
        ExternalProgram.Require(ExternalProgram.Chromium, "apt-get install chromium");
        await _gate.WaitAsync();

        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExternalProgram.Chromium, Args = ["--no-sandbox", "--host-resolver-rules=MAP *.test 127.0.0.1"] });
        }
        finally
        {
            _gate.Release();
        }
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
