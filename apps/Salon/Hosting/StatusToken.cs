using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Salon.App.Hosting;

/// <summary>The secret that opens the whole status. Neither it nor a part of it is ever shown, logged or compared faster when it is nearly right.</summary>
internal sealed partial class StatusToken : IEquatable<StatusToken>
{
    private const string Scheme = "Bearer";

    // Of the same length whatever was sent, so that the time says nothing.
    private readonly byte[] _digest;

    private StatusToken(string value) => _digest = Digest(value);

    /// <summary>Reads the setting.</summary>
    /// <exception cref="SettingsException">It could not be sent in a header, or could be guessed.</exception>
    public static StatusToken? Read(IConfiguration environment) =>
        Setting.ReadText(environment, "STATUS_TOKEN", isSecret: true) is not { } value ? null
        : Form().IsMatch(value) ? new StatusToken(value)
        : throw new SettingsException("STATUS_TOKEN must have 16 to 512 letters, digits or characters of -._~+/ with = at the end, as Bearer tokens do.");

    /// <summary>What a request shows: nothing, this token, or another.</summary>
    /// <param name="request">The request; credentials of another kind are not meant for us.</param>
    /// <param name="expected">The token that is set, if one is.</param>
    public static StatusAccess Ask(HttpRequest request, StatusToken? expected)
    {
        if (expected is null
            || !AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return StatusAccess.Public;
        }

        return CryptographicOperations.FixedTimeEquals(Digest(header.Parameter ?? ""), expected._digest) ? StatusAccess.Full : StatusAccess.Refused;
    }

    public bool Equals(StatusToken? other) => other is not null && CryptographicOperations.FixedTimeEquals(_digest, other._digest);

    public override bool Equals(object? obj) => Equals(obj as StatusToken);

    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    // Settings are records, which write all that they have.
    public override string ToString() => "***";

    private static byte[] Digest(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    [GeneratedRegex(@"^(?=.{16,512}\z)[A-Za-z0-9._~+/-]+=*\z")]
    private static partial Regex Form();
}

/// <summary>How much of the status a request may see.</summary>
internal enum StatusAccess
{
    /// <summary>Counts and health: what anybody may know.</summary>
    Public,

    /// <summary>The names of rooms and of the node, too.</summary>
    Full,

    /// <summary>Nothing: a token was shown, and it is wrong.</summary>
    Refused,
}
