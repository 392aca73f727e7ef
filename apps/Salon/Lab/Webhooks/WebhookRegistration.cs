using System.Security.Cryptography;

namespace Salon.App.Lab.Webhooks;

/// <summary>Who wants to be told of a run's events, and the secret by which they know that it is the lab which tells. Immutable.</summary>
/// <param name="Url">The address that was registered.</param>
/// <param name="Key">What the sender and the receiver share, and nobody else knows.</param>
internal sealed record WebhookRegistration(Uri Url, byte[] Key)
{
    public const string ReceiverPath = "/lab/webhook-receiver";

    // As Standard Webhooks writes it.
    private const string SecretPrefix = "whsec_";
    private const int MaxUrlLength = 2_000;

    public string Secret => SecretPrefix + Convert.ToBase64String(Key);

    /// <summary>Registers an address, with a new secret.</summary>
    /// <param name="url">The address.</param>
    /// <param name="self">How whoever asks reaches this server.</param>
    /// <exception cref="LabException">It is none, or not this server's: strangers could have requests sent to where they cannot go themselves (SSRF).</exception>
    public static WebhookRegistration Create(string? url, HostString self) =>
        url is { Length: > 0 and <= MaxUrlLength }
        && Uri.TryCreate(url, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address.UserInfo.Length == 0
        && Uri.TryCreate($"{address.Scheme}://{self}{ReceiverPath}", UriKind.Absolute, out var own)
        && address == own
            ? new WebhookRegistration(address, RandomNumberGenerator.GetBytes(32))
            : throw LabException.Invalid("url", $"The lab sends webhooks to nobody but itself: \"url\" is the address of its own {ReceiverPath}.");
}
