namespace Salon.App.Lab;

/// <summary>Refuses the pages of other sites. Browsers send <c>Origin</c> with every WebSocket and with all that is not a plain GET of the same site.</summary>
internal static class SameOrigin
{
    /// <exception cref="LabException">The request comes from a page of another site.</exception>
    public static void Check(HttpRequest request)
    {
        if (request.Headers.Origin is { Count: > 0 } origin && !IsSame(request, origin.ToString()))
        {
            throw LabException.ForeignOrigin;
        }
    }

    private static bool IsSame(HttpRequest request, string origin)
    {
        // Browsers leave the default port out of an origin, but a proxy may put it into the host.
        var host = request.Host.Port == (request.IsHttps ? 443 : 80) ? request.Host.Host : request.Host.Value;
        return string.Equals(origin, $"{request.Scheme}://{host}", StringComparison.OrdinalIgnoreCase);
    }
}
