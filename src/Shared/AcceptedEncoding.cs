using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Salon.Http;

/// <summary>Chooses a content encoding among those that a client accepts (RFC 9110, section 12.5.3).</summary>
internal static class AcceptedEncoding
{
    public const string Brotli = "br";
    public const string GZip = "gzip";

    /// <returns>The one that the client likes best, <c>br</c> when it likes both alike; <see langword="null"/> for neither.</returns>
    public static string? Choose(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted))
        {
            return null;
        }

        var brotli = Quality(accepted, Brotli);
        var gzip = Quality(accepted, GZip);

        return (brotli, gzip) switch
        {
            (0, 0) => null,
            _ => brotli >= gzip ? Brotli : GZip,
        };
    }

    private static double Quality(IList<StringWithQualityHeaderValue> accepted, string encoding)
    {
        var value = accepted.FirstOrDefault(candidate => candidate.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(static candidate => candidate.Value == "*");

        return value is null ? 0 : value.Quality ?? 1;
    }
}
