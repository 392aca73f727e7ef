using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The lab's page in Chromium, beside a count of the packets that nobody of the lab made.</summary>
public class LabPageTests(BrowserFixture fixture)
{
    private const double Tolerance = 0.1;

    [Fact]
    public async Task Six_techniques_run_at_once_and_their_figures_are_true()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        using var packets = PacketCounter.Start(server.Uri.Port);
        await using var window = await LabWindow.OpenAsync(browser, server.Uri);

        // The page itself and its scripts are not the lab's.
        await packets.CatchUpAsync();
        var before = packets.All;
        await window.StartAsync();
        await window.WaitUntilReceivedAsync(60);
        await window.StopAsync();

        var told = await window.ReadAsync();
        await packets.CatchUpAsync();
        var counted = packets.All.Bytes - before.Bytes;
        var report = await window.ReportedBytesAsync();
        TestContext.Current.SendDiagnosticMessage($"The lab says {report} bytes; counted were {counted}.");

        Assert.Equal(6, told.Count);
        Assert.All(told, static row => Assert.Equal(0, row.Missed));
        Assert.All(told, static row => Assert.InRange(row.Received, 55, 400));

        // How long it took is the machine's affair; a clock that runs ahead or another unit would be the lab's. Who asks every half second waits.
        Assert.All(told, static row => Assert.InRange(row.Mean, 0, 5_000));
        Assert.InRange(told.Single(static row => row.Technique == "polling").Mean, 50, 5_000);
        Assert.InRange(report / (double)counted, 1 - Tolerance, 1 + Tolerance);
    }

    [Fact]
    public async Task A_cut_network_loses_messages_only_for_those_without_a_cursor()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await LabWindow.OpenAsync(browser, server.Uri);
        await window.StartAsync();
        await window.WaitUntilReceivedAsync(20);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Cut the network for 5 s" }).ClickAsync();
        await window.Page.GetByRole(AriaRole.Status).GetByText("The network is cut.", new() { Exact = true }).WaitForAsync();
        await window.Page.Locator(".state > .warning", new() { HasText = "It comes back in" }).WaitForAsync();
        await Eventually.Async(
            "all are back, and have got something",
            async () => (await window.ReadAsync()) is var rows && rows.All(static row => row.Reconnects == 1) && rows.Where(static row => !HasCursor(row)).All(static row => row.Missed > 0),
            TimeSpan.FromSeconds(25));

        var rows = await window.ReadAsync();
        await window.StopAsync();

        Assert.All(rows.Where(HasCursor), static row => Assert.Equal(0, row.Missed));
        Assert.All(rows.Where(static row => !HasCursor(row)), static row => Assert.InRange(row.Missed, 60, 180));
        Assert.All(rows, static row => Assert.Equal(0, row.Duplicated));

        // The browser says itself that nobody answered.
        window.Forgive();
    }

    [Fact]
    public async Task A_result_can_be_kept_as_a_link_that_opens_read_only()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await LabWindow.OpenAsync(browser, server.Uri);
        await window.StartAsync();
        await window.WaitUntilReceivedAsync(5);
        await window.StopAsync();
        var rows = await window.ReadAsync();

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Copy a link" }).ClickAsync();
        var link = await window.Page.GetByLabel("Copy this address").InputValueAsync();
        await window.Page.GotoAsync("about:blank");
        await window.Page.GotoAsync(link);
        await window.Page.GetByText("It cannot be checked here").WaitForAsync();

        Assert.StartsWith(new Uri(server.Uri, "/lab#run=").ToString(), link, StringComparison.Ordinal);
        Assert.Equal(rows.Select(static row => row.Received), (await window.ReadAsync()).Select(static row => row.Received));
        Assert.Equal(0, await window.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).CountAsync());
    }

    [Fact]
    public async Task A_webhook_is_registered_and_both_paths_of_an_event_are_shown()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await LabWindow.OpenAsync(browser, server.Uri);
        var page = window.Page;
        await window.StartAsync();

        // Somebody else's address first.
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("http://example.com/lab/webhook-receiver");
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await page.GetByText("only its own address is taken").WaitForAsync();
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync(new Uri(server.Uri, "/lab/webhook-receiver").ToString());
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("whsec_").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Let something happen" }).ClickAsync();

        await page.GetByText("answer 503").First.WaitForAsync();
        await page.GetByText("signature checked, taken").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the registration" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).WaitForAsync();
        await window.StopAsync();

        // The browser says itself that an address was refused.
        window.Forgive();
    }

    [Fact]
    public async Task The_page_speaks_french_on_a_phone_and_advises_by_keyboard()
    {
        var browser = await fixture.GetAsync();
        await using var server = await AppServer.StartAsync();
        await using var window = await LabWindow.OpenAsync(browser, server.Uri, new()
        {
            Locale = "fr-FR",
            ColorScheme = ColorScheme.Dark,
            ViewportSize = new() { Width = 360, Height = 740 },
        });
        var page = window.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Démarrer", Exact = true }).WaitForAsync();
        await page.GetByLabel("Une page ou une application").FocusAsync();

        foreach (var key in new[] { "Space", "Tab", "Space" })
        {
            await page.Keyboard.PressAsync(key);
        }

        await page.GetByText("Prenez la scrutation courte.").WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    private static bool HasCursor(LabWindow.Row row) => row.Technique is "polling" or "long-polling" or "sse";
}
