using Salon.SocketIO.Admin;

namespace Salon.App.Hosting;

/// <summary>The administrator.</summary>
internal sealed record AdminSettings(string Username, string Password, AdminMode Mode)
{
    public const int MinPasswordLength = 8;

    // A record would write its password into every log that it comes into.
    public override string ToString() => Username;
}
