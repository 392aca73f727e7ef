using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO.Requests;

/// <summary>What a request's query says, read once.</summary>
/// <param name="Transport">The transport that the request uses.</param>
/// <param name="SessionId">The session that it belongs to; <see langword="null"/> when it opens one.</param>
/// <param name="Version">The version of Engine.IO that the client speaks: 4, or 3 for whatever else it says, which old clients do not.</param>
/// <param name="JsonpIndex">The number of the callback when the client polls with JSON-P.</param>
/// <param name="NamesVersion">Whether it says which version it speaks: some clients say it only once.</param>
internal readonly record struct EngineRequest(EngineTransport Transport, string? SessionId, int Version, int? JsonpIndex, bool NamesVersion)
{
    /// <returns><see langword="false"/> when the transport is missing, not known or not among those allowed.</returns>
    public static bool TryParse(IQueryCollection query, EngineTransport allowed, out EngineRequest request)
    {
        var isKnown = EngineTransportExtensions.TryParse(Last(query["transport"]), out var transport) && allowed.HasFlag(transport);
        var sessionId = Last(query["sid"]);
        var version = Last(query["EIO"]);

        request = new EngineRequest(
            transport,
            string.IsNullOrEmpty(sessionId) ? null : sessionId,
            version == "4" ? 4 : 3,
            int.TryParse(Last(query["j"]), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null,
            NamesVersion: version is not null);

        return isKnown;
    }

    /// <summary>Of what is given twice the last counts, as in the reference: some clients add theirs to what is in their address already.</summary>
    private static string? Last(StringValues values) => values.Count == 0 ? null : values[^1];
}
