using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Salon.SocketIO.Admin.Access;

/// <summary>
/// Browsers in which an administrator's password was right. Each holds a signed token, so that nothing has to be kept of it here but when the
/// tokens of a name became void. A token opens the pages, and has tries of its own; for the namespace it is no password. Thread-safe.
/// </summary>
internal sealed class AdminDevices(TimeProvider time, TimeSpan duration)
{
    private const int IdSize = 16;
    private const int HeadSize = IdSize + sizeof(long);
    private const int SignatureSize = HMACSHA256.HashSizeInBytes;
    private const int MaxLength = 2048;

    // With the process the tokens end, and so does nothing but that the password is asked for again.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _voidUntil = new(StringComparer.Ordinal);
    private long _allVoidUntil = long.MinValue;

    /// <returns>A token: a secret.</returns>
    public string Issue(string username)
    {
        var name = Encoding.UTF8.GetBytes(username);
        var token = new byte[HeadSize + name.Length + SignatureSize];

        RandomNumberGenerator.Fill(token.AsSpan(0, IdSize));
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(IdSize), time.GetUtcNow().Ticks);
        name.CopyTo(token.AsSpan(HeadSize));
        HMACSHA256.HashData(_key, token.AsSpan()[..^SignatureSize], token.AsSpan()[^SignatureSize..]);
        return WebEncoders.Base64UrlEncode(token);
    }

    /// <returns>The browser; <see langword="null"/> when the token is not ours, or has ended.</returns>
    public AdminDevice? Find(string? token)
    {
        if (token is not { Length: > 0 and <= MaxLength } || Decode(token) is not { Length: > HeadSize + SignatureSize } bytes)
        {
            return null;
        }

        var signed = bytes.AsSpan()[..^SignatureSize];

        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, signed), bytes.AsSpan()[^SignatureSize..]))
        {
            return null;
        }

        var issued = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(IdSize));
        var username = Encoding.UTF8.GetString(signed[HeadSize..]);
        var isOver = time.GetUtcNow().Ticks - issued >= duration.Ticks || IsVoid(username, issued);
        return isOver ? null : new AdminDevice(Convert.ToHexString(signed[..IdSize]), username);
    }

    /// <summary>Ends the tokens that there are.</summary>
    /// <param name="username">Whose; <see langword="null"/> for everybody's.</param>
    public void End(string? username)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow().Ticks;

            if (username is null)
            {
                _voidUntil.Clear();
                _allVoidUntil = now;
            }
            else
            {
                _voidUntil[username] = now;
            }
        }
    }

    private static byte[]? Decode(string token)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(token);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private bool IsVoid(string username, long issued)
    {
        lock (_gate)
        {
            return issued <= Math.Max(_allVoidUntil, _voidUntil.GetValueOrDefault(username, long.MinValue));
        }
    }
}

/// <summary>A browser that an administrator has used.</summary>
/// <param name="Id">What tells it from others.</param>
/// <param name="Username">The administrator.</param>
internal sealed record AdminDevice(string Id, string Username);
