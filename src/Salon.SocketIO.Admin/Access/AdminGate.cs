using System.Net;
using Salon.Http;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Access;

/// <summary>
/// Who gets in: by password, of which everybody may try few wrong ones, or by what a password has opened. Tries are counted by address, and apart
/// for browsers that an administrator has used: so others, also those behind the same proxy, do not lock out whoever knows the password.
/// </summary>
internal sealed class AdminGate(AdminOptions options, TimeProvider time, Guard guard)
{
    /// <summary>The cookie that a browser is known by.</summary>
    public const string Cookie = "salon-admin";

    private readonly AdminTries _tries = new(time);

    public AdminSessions Sessions { get; } = new(time, options.SessionDuration);

    public AdminDevices Devices { get; } = new(time, options.SessionDuration);

    public TimeSpan SessionDuration => options.SessionDuration;

    /// <summary>Asks whether a name and a password are an administrator's.</summary>
    /// <param name="address">Where the question comes from.</param>
    /// <param name="device">The token of the browser, if it has one.</param>
    /// <param name="username">The name.</param>
    /// <param name="password">The password.</param>
    public async ValueTask<AdminVerdict> AskAsync(IPAddress? address, string? device, string username, string password)
    {
        var asker = Devices.Find(device) is { } known ? new Asker(default, known.Id) : new Asker(ClientAddress.Of(address), null);

        if (!_tries.TryTake(asker))
        {
            return AdminVerdict.TooManyTries;
        }

        if (!await guard.AskAsync(nameof(options.Authenticate), (options, username, password), static ask => ask.options.Authenticate!(ask.username, ask.password), otherwise: false))
        {
            return AdminVerdict.Wrong;
        }

        _tries.GiveBack(asker);
        return AdminVerdict.Right;
    }
}

/// <summary>What a name and a password come to.</summary>
internal enum AdminVerdict
{
    Right,
    Wrong,

    /// <summary>Nobody was asked: there were too many wrong ones.</summary>
    TooManyTries,
}
