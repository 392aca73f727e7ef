using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Salon.App.Tests;

/// <summary>What goes wrong in a page: errors, warnings, and requests that leave the server.</summary>
internal sealed class PageComplaints
{
    private readonly ConcurrentQueue<string> _complaints = new();

    public PageComplaints(Uri server, IPage page)
    {
        page.Console += (_, message) => Add(message.Type is "error" or "warning", message.Text);
        page.PageError += (_, error) => Add(true, error);
        page.Request += (_, request) => Add(!IsOf(server, request.Url), $"a request to {request.Url}");
    }

    public void AssertNone() => Assert.Empty(_complaints);

    /// <summary>Forgets complaints that the test has caused on purpose.</summary>
    public void Forgive() => _complaints.Clear();

    // What is downloaded is made in the page.
    private static bool IsOf(Uri server, string url) => url.StartsWith(server.ToString(), StringComparison.Ordinal) || url.StartsWith($"blob:{server}", StringComparison.Ordinal);

    private void Add(bool isReason, string text)
    {
        if (isReason)
        {
            _complaints.Enqueue(text);
        }
    }
}
