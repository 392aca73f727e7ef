using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Salon.EngineIO.WebSockets;

/// <summary>The header <c>Sec-WebSocket-Protocol</c> of a client (RFC 6455, section 4.1): what it would speak, the best first.</summary>
internal static class SubProtocols
{
    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <returns><see langword="false"/> when the header has something that is no name, or a name twice.</returns>
    public static bool TryParse(StringValues header, out List<string> offered)
    {
        offered = [];

        if (header.Count == 0)
        {
            return true;
        }

        foreach (var name in header.SelectMany(static line => (line ?? "").Split(',', StringSplitOptions.TrimEntries)))
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters) || offered.Contains(name, StringComparer.Ordinal))
            {
                return false;
            }

            offered.Add(name);
        }

        return true;
    }
}
