using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Salon.EngineIO.Requests;

/// <summary>What a request's query says, read once.</summary>
/// <param name="Transport">The transport that the request uses.</param>
/// <param name="SessionId">The session that it belongs to; <see langword="null"/> when it opens one.</param>
/// <param name="Version">The version of Engine.IO that the client speaks: 4, or 3 for whatever else it says, which old clients do not.</param>
/// <param name="JsonpIndex">The number of the callback when the client polls with JSON-P.</param>
internal readonly record struct EngineRequest(EngineTransport Transport, string? SessionId, int Version, int? JsonpIndex)
{
    /// <returns><see langword="false"/> when the transport is missing, not known or not among those allowed.</returns>
    public static bool TryParse(IQueryCollection query, EngineTransport allowed, out EngineRequest request)
    {
        var isKnown = EngineTransportExtensions.TryParse(query["transport"], out var transport) && allowed.HasFlag(transport);
        string? sessionId = query["sid"];

        request = new EngineRequest(
            transport,
            string.IsNullOrEmpty(sessionId) ? null : sessionId,
            query["EIO"] == "4" ? 4 : 3,
            int.TryParse(query["j"], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null);

        return isKnown;
    }
}
