namespace Salon.App.Streaming;

/// <summary>
/// Whether the page that opens a WebSocket is one of ours. Browsers ask nobody before they let a foreign page open one, so it is checked here.
/// </summary>
internal static class SameOrigin
{
    /// <summary>Programs send no origin, and are let in.</summary>
    public static bool Allows(HttpRequest request)
    {
        if (request.Headers.Origin is not { Count: > 0 } origin)
        {
            return true;
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var here)
            && Uri.Compare(page, here, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
    }
}
