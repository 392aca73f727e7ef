using System.Security.Cryptography;
using System.Text;

namespace Salon.SocketIO.Admin;

/// <summary>Who may administer a server, and what they see and may do. Read once, when the UI is mapped.</summary>
public sealed class AdminOptions
{
    /// <summary>Where the UI is served. The default is <c>/admin/socketio</c>; <see langword="null"/> serves none, for a UI that is elsewhere.</summary>
    public string? Path { get; set; } = "/admin/socketio";

    /// <summary>The namespace that the UI connects to. The default is <c>/admin</c>.</summary>
    public string NamespaceName { get; set; } = "/admin";

    /// <summary>
    /// Whether a name and a password are those of an administrator: for the page, by HTTP Basic, and for the namespace. There is no default:
    /// without it nobody may. <see cref="UsePassword"/> fills it in for the usual case.
    /// </summary>
    public Func<string, string, ValueTask<bool>>? Authenticate { get; set; }

    /// <summary>Whether administrators may only look. The default is <see langword="false"/>: they may let sockets join, leave and disconnect, and emit.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>How much they see. The default is <see cref="AdminMode.Development"/> where the app runs as such, and <see cref="AdminMode.Production"/> elsewhere.</summary>
    public AdminMode? Mode { get; set; }

    /// <summary>The name of this process among others. The default is the machine's name and the process's number.</summary>
    public string ServerId { get; set; } = $"{Environment.MachineName}#{Environment.ProcessId}";

    /// <summary>How many sockets are shown one by one; the UI is no longer fit for use with many more. The default is 1000.</summary>
    public int MaxSockets { get; set; } = 1000;

    /// <summary>How many events, and comings and goings in rooms, are shown in a second; further ones are only counted. The default is 100.</summary>
    public int MaxEventsPerSecond { get; set; } = 100;

    /// <summary>How long an administrator who has signed in need not do so again; then the connection ends, too. The default is a day.</summary>
    public TimeSpan SessionDuration { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Lets one administrator in.</summary>
    /// <param name="username">The name.</param>
    /// <param name="password">The password, of at least 8 characters.</param>
    public void UsePassword(string username, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentNullException.ThrowIfNull(password);
        ArgumentOutOfRangeException.ThrowIfLessThan(password.Length, 8, nameof(password));

        // Digests of the same length, compared in the same time, whatever was tried.
        var expected = Digest(username, password);
        Authenticate = (name, secret) => new ValueTask<bool>(CryptographicOperations.FixedTimeEquals(Digest(name, secret), expected));
    }

    private static byte[] Digest(string username, string password) => SHA256.HashData(Encoding.UTF8.GetBytes($"{username.Length}:{username}{password}"));
}
