using System.Buffers.Text;
using System.Security.Cryptography;

namespace Salon.SocketIO.Connections;

/// <summary>Public ids: twenty characters, as the reference's have, and not to be confused with a session's, which is a secret.</summary>
internal static class SocketId
{
    public static string Create()
    {
        Span<byte> random = stackalloc byte[15];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
