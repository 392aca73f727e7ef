using System.Text.Json;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>A browser window on the lab's page.</summary>
internal sealed class LabWindow : IAsyncDisposable
{
    private readonly PageComplaints _complaints;
    private volatile string _lastReport = "{}";

    private LabWindow(Uri server, IPage page)
    {
        (Page, _complaints) = (page, new PageComplaints(server, page));
        page.Response += async (_, response) =>
        {
            if (response.Request.Method == "GET" && response.Url.Split('/') is [.., "runs", _] && response.Ok)
            {
                _lastReport = await response.TextAsync();
            }
        };
    }

    public IPage Page { get; }

    public static async Task<LabWindow> OpenAsync(IBrowser browser, Uri server, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new() { Locale = "en-GB", ViewportSize = new() { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(15_000);
        var window = new LabWindow(server, await context.NewPageAsync());
        await window.Page.GotoAsync(new Uri(server, "/lab").ToString());
        return window;
    }

    public Task StartAsync() => Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();

    public async Task StopAsync()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Start again" }).WaitForAsync();
    }

    public Task WaitUntilReceivedAsync(int messages) => Eventually.Async(
        "each technique has got its messages",
        async () => await ReadAsync() is { Count: 6 } rows && rows.All(row => row.Received >= messages),
        TimeSpan.FromSeconds(30));

    /// <summary>What the table says.</summary>
    public async Task<IReadOnlyList<Row>> ReadAsync()
    {
        var rows = await Page.EvaluateAsync<JsonElement>(
            "[...document.querySelectorAll('tr[data-technique]')].map(row => [row.dataset.technique, ...[...row.querySelectorAll('td')].map(cell => Number(cell.textContent.replaceAll(',', '').replace(/ .*/, '')) || 0)])");

        return [.. rows.EnumerateArray().Select(static row => new Row(
            row[0].GetString()!, row[2].GetInt32(), row[3].GetDouble(), row[7].GetInt32(), row[8].GetInt32(), row[9].GetInt32()))];
    }

    /// <summary>The bytes that the server reported last, those of the page's own questions included.</summary>
    public async Task<long> ReportedBytesAsync()
    {
        await Eventually.Async("there is a report", () => _lastReport.Length > 2);
        var report = JsonDocument.Parse(_lastReport).RootElement;
        var techniques = report.GetProperty("techniques").EnumerateObject().Sum(static technique => technique.Value.GetProperty("wireBytes").GetInt64());
        return techniques + report.GetProperty("page").GetProperty("wireBytes").GetInt64();
    }

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Forgive();

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        _complaints.AssertNone();
    }

    internal sealed record Row(string Technique, int Received, double Mean, int Missed, int Duplicated, int Reconnects);
}
