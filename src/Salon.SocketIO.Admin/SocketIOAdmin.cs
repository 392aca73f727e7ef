using Salon.SocketIO.Admin.Access;

namespace Salon.SocketIO.Admin;

/// <summary>The administrators of a server, as <see cref="AdminEndpointRouteBuilderExtensions.MapSocketIOAdmin"/> has let them in. Thread-safe.</summary>
public sealed class SocketIOAdmin
{
    private readonly AdminGate _gate;

    internal SocketIOAdmin(AdminGate gate) => _gate = gate;

    /// <summary>
    /// Ends sessions at once: who is connected by them is disconnected, and the password is asked for again. Call it when a password was changed, or
    /// somebody is no administrator any more.
    /// </summary>
    /// <param name="username">Whose sessions; <see langword="null"/> for everybody's.</param>
    /// <returns>How many sessions there were.</returns>
    public int EndSessions(string? username = null)
    {
        // What could open new ones first.
        _gate.Devices.End(username);
        return _gate.Sessions.End(username);
    }
}
