using System.Buffers.Text;
using System.Security.Cryptography;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// Ids of sessions that say which server they live on: twenty characters as always, of which sixteen are 96 random bits, and four the beginning of
/// the server's own id. Who knows the server still has to guess the rest.
/// </summary>
internal static class SessionTag
{
    private const int RandomBytes = 12;
    private const int TagBytes = 3;
    private const int IdLength = 20;

    public static string CreateId(string server)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes + TagBytes];
        RandomNumberGenerator.Fill(bytes[..RandomBytes]);
        Convert.FromHexString(server.AsSpan(0, 2 * TagBytes), bytes[RandomBytes..], out _, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what the id of the server begins with, or returns <see langword="null"/> when no server of this kind has made the session's.</summary>
    public static string? Read(string sessionId)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes + TagBytes];

        return sessionId.Length == IdLength && Base64Url.IsValid(sessionId, out var length) && length == bytes.Length
            && Base64Url.TryDecodeFromChars(sessionId, bytes, out _)
            ? Convert.ToHexStringLower(bytes[RandomBytes..])
            : null;
    }
}
