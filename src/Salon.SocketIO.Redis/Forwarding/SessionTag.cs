using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>
/// Ids of sessions that show the cluster's servers which of them made it, and nobody else: twenty characters as always, of which twelve are 72 random
/// bits, and eight what the server's own id makes of them. No client learns that id, so a made-up session is told from a real one without asking anybody.
/// </summary>
internal static class SessionTag
{
    private const int RandomBytes = 9;
    private const int SignBytes = 6;
    private const int IdLength = 20;

    public static string CreateId(string server)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes + SignBytes];
        RandomNumberGenerator.Fill(bytes[..RandomBytes]);
        Sign(server, bytes[..RandomBytes], bytes[RandomBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Whether an id has the form of those that servers of this kind make.</summary>
    public static bool IsId(string sessionId) => sessionId.Length == IdLength && Base64Url.IsValid(sessionId, out var length) && length == RandomBytes + SignBytes;

    /// <summary>Whether this server made it. It has to be an id.</summary>
    public static bool IsFrom(string sessionId, string server)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes + SignBytes];
        Span<byte> sign = stackalloc byte[SignBytes];

        Base64Url.DecodeFromChars(sessionId, bytes);
        Sign(server, bytes[..RandomBytes], sign);
        return CryptographicOperations.FixedTimeEquals(sign, bytes[RandomBytes..]);
    }

    private static void Sign(string server, ReadOnlySpan<byte> random, Span<byte> sign)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(server), random, hash);
        hash[..SignBytes].CopyTo(sign);
    }
}
