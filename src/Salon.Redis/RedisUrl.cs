using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;

namespace Salon.Redis;

/// <summary>Reads URLs of Redis. No message quotes anything: a slip may have put the password anywhere.</summary>
internal static class RedisUrl
{
    private const int MaxHostLength = 253;
    private const int DefaultPort = 6379;
    private const int MaxDatabase = 65535;
    private const int DefaultSentinelPort = 26379;

    public static RedisOptions Parse(string url)
    {
        if (url.Any(static sign => char.IsWhiteSpace(sign) || char.IsControl(sign)))
        {
            throw new FormatException("There is a blank, a line end or another sign in the Redis URL that cannot be seen; in a password, a blank is written %20.");
        }

        var (scheme, rest) = Cut(url, "://") ?? throw new FormatException("A Redis URL starts with a scheme, such as redis://.");
        var (useTls, isCluster, isSentinel) = scheme.ToLowerInvariant() switch
        {
            "redis" => (false, false, false),
            "rediss" => (true, false, false),
            "redis+cluster" => (false, true, false),
            "rediss+cluster" => (true, true, false),
            "redis+sentinel" => (false, false, true),
            "rediss+sentinel" => (true, false, true),
            _ => throw new FormatException("The scheme of a Redis URL is redis, rediss (with TLS), redis+cluster or redis+sentinel."),
        };

        if (rest.AsSpan().ContainsAny("?#"))
        {
            throw new FormatException("A Redis URL has no query and no fragment; in a password, ? and # are written %3F and %23.");
        }

        var (authority, path) = Cut(rest, "/") ?? (rest, "");
        var (user, password, hosts) = ReadUser(authority);
        var (master, database) = ReadPath(path, isSentinel);

        return new RedisOptions
        {
            EndPoints = [.. hosts.Split(',').Select(host => ReadHost(host, isSentinel ? DefaultSentinelPort : DefaultPort))],
            User = user,
            Password = password,
            UseTls = useTls,
            IsCluster = isCluster,
            SentinelMaster = master,
            Database = ReadDatabase(database, isCluster),
        };
    }

    private static (string? User, string? Password, string Hosts) ReadUser(string authority)
    {
        var at = authority.LastIndexOf('@');

        if (at < 0)
        {
            return (null, null, authority);
        }

        var hosts = authority[(at + 1)..];

        if (at == 0)
        {
            return (null, null, hosts);
        }

        var (user, password) = Cut(authority[..at], ":")
            ?? throw new FormatException("The user of a Redis URL has a password after a colon; a password alone is written :password@.");

        if (user.Length > 0 && password.Length == 0)
        {
            throw new FormatException("The user of a Redis URL has a password after a colon, which is missing.");
        }

        return (user.Length == 0 ? null : Unescape(user), password.Length == 0 ? null : Unescape(password), hosts);
    }

    private static (string? Master, string Database) ReadPath(string path, bool isSentinel)
    {
        if (!isSentinel)
        {
            return (null, path);
        }

        var (master, database) = Cut(path, "/") ?? (path, "");
        return master.Length == 0
            ? throw new FormatException("A Redis URL with sentinels names the master after the hosts: redis+sentinel://host:port/master.")
            : (Unescape(master), database);
    }

    private static DnsEndPoint ReadHost(string text, int defaultPort)
    {
        // In brackets, an IPv6 address, which has colons of its own.
        var afterHost = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        afterHost = afterHost < 0 ? text.Length : afterHost;
        var host = text[..afterHost].Trim('[', ']');
        var port = text[afterHost..];

        // A name that begins with a hyphen is none, but somebody's option.
        if (host.Length is 0 or > MaxHostLength || host[0] == '-' || Uri.CheckHostName(host) == UriHostNameType.Unknown || (text[0] == '[' && Uri.CheckHostName(host) != UriHostNameType.IPv6))
        {
            throw new FormatException("A host of the Redis URL is missing or no name.");
        }

        if (port.Length == 0)
        {
            return new DnsEndPoint(host, defaultPort);
        }

        return port[0] == ':' && ushort.TryParse(port.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new DnsEndPoint(host, number)
            : throw new FormatException("A port of the Redis URL is no number from 1 to 65535.");
    }

    private static int ReadDatabase(string text, bool isCluster)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database) || database > MaxDatabase)
        {
            throw new FormatException("The database of the Redis URL, after the last slash, is no number from 0 to 65535.");
        }

        return isCluster && database != 0 ? throw new FormatException("A Redis cluster has no database but 0.") : database;
    }

    private static string Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var length = i + 1 < text.Length && char.IsSurrogatePair(text, i) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
            }
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                bytes.Add(unit);
                i += 2;
            }
            else
            {
                throw new FormatException("A % in a Redis URL is followed by two hexadecimal digits; a % itself is written %25.");
            }
        }

        return Utf8.IsValid([.. bytes]) && !bytes.Contains(0)
            ? Encoding.UTF8.GetString([.. bytes])
            : throw new FormatException("What is percent-encoded in a Redis URL is UTF-8, without the character 0.");
    }

    private static (string Before, string After)? Cut(string text, string separator)
    {
        var index = text.IndexOf(separator, StringComparison.Ordinal);
        return index < 0 ? null : (text[..index], text[(index + separator.Length)..]);
    }
}
