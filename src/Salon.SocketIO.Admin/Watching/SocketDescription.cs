using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Salon.EngineIO;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>Describes a socket to administrators, without the secrets of its client.</summary>
internal static class SocketDescription
{
    private const string Hidden = "(hidden)";

    private static readonly FrozenSet<string> s_publicHeaders = FrozenSet.ToFrozenSet(
        [
            "accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length", "host", "origin", "pragma",
            "sec-websocket-extensions", "sec-websocket-version", "upgrade", "user-agent", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_publicQuery = FrozenSet.ToFrozenSet(["EIO", "transport", "t", "b64"], StringComparer.Ordinal);

    public static SocketInfo Describe(Socket socket)
    {
        var handshake = socket.Handshake;

        return new SocketInfo(
            socket.Id,
            GetClientId(socket.Conn),
            GetTransport(socket.Conn),
            socket.Namespace.Name,
            socket.Data.ToDictionary(static pair => pair.Key, static pair => DescribeValue(pair.Value), StringComparer.Ordinal),
            new HandshakeInfo(
                handshake.Address?.ToString() ?? "",
                ToText(handshake.Headers, static name => !s_publicHeaders.Contains(name)),
                ToText(handshake.Query, static name => !s_publicQuery.Contains(name)),
                handshake.Issued.ToUnixTimeMilliseconds(),
                handshake.Secure,
                handshake.Issued.ToString("R", CultureInfo.InvariantCulture),
                handshake.Url.Split('?')[0],
                handshake.XDomain),
            [.. socket.Rooms]);
    }

    /// <summary>The same for all sockets of a connection, and of no use to anybody: the session's own id is a secret.</summary>
    public static string GetClientId(EngineSession session) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Id)).AsSpan(0, 6));

    public static string GetTransport(EngineSession session) => session.Transport == EngineTransport.WebSocket ? "websocket" : "polling";

    /// <summary>Simple values as they are; of others, which may be anything, the type.</summary>
    private static string? DescribeValue(object? value) => value switch
    {
        null => null,
        string text => text.Length <= 200 ? text : text[..200] + "…",
        bool or byte or short or int or long or float or double or decimal or Guid or DateTime or DateTimeOffset or TimeSpan or Enum =>
            Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => $"({value.GetType().Name})",
    };

    private static Dictionary<string, string> ToText(IEnumerable<KeyValuePair<string, StringValues>> values, Func<string, bool> isSecret) =>
        values.ToDictionary(static pair => pair.Key, pair => isSecret(pair.Key) ? Hidden : pair.Value.ToString(), StringComparer.Ordinal);
}
