using System.Buffers.Text;
using System.Security.Cryptography;

namespace Salon.EngineIO.Sessions;

/// <summary>Ids that nobody can guess: 120 random bits in twenty characters that need no escaping in a URL.</summary>
internal static class SessionId
{
    public static string Create()
    {
        Span<byte> random = stackalloc byte[15];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
