using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Salon.App.Lab.Webhooks;

/// <summary>Signs webhooks as Standard Webhooks does: HMAC-SHA-256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string Version = "v1,";

    /// <summary>How old a webhook may be: one that was listened to cannot be sent again later.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static string Sign(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body) =>
        Version + Convert.ToBase64String(Compute(secret, id, timestamp, body));

    public static bool Verify(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body, string signature, DateTimeOffset now)
    {
        var given = new byte[HMACSHA256.HashSizeInBytes];

        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
            && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Compute(secret, id, timestamp, body))
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= Tolerance.TotalSeconds;
    }

    private static byte[] Compute(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(secret, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]);
}
