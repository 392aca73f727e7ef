using System.Diagnostics.Metrics;
using System.Text.Json;
using Salon.SocketIO.Admin.Access;
using Salon.SocketIO.Admin.Watching;
using Salon.Supervision;

namespace Salon.SocketIO.Admin;

/// <summary>
/// The namespace that the UI talks to. It lets administrators in, tells them what they may see, does what they ask, and has the server watched as
/// long as there is one.
/// </summary>
internal sealed class AdminNamespace(SocketIOServer io, AdminOptions options, AdminMode mode, AdminGate gate, IMeterFactory? meters, Guard guard, TimeProvider time)
{
    private readonly Namespace _space = io.Of(options.NamespaceName);
    private readonly ServerWatch _watch = new(io, io.Of(options.NamespaceName), options, mode, meters, guard, time);
    private readonly AdminCommands _commands = new(io);

    public void Open()
    {
        _space.Use(AdmitAsync);
        _space.OnConnection(WelcomeAsync);
    }

    private async Task<ConnectError?> AdmitAsync(Socket socket)
    {
        var auth = socket.Handshake.Auth;

        if (Read(auth, "sessionId") is { } session && gate.Knows(session))
        {
            return null;
        }

        if (Read(auth, "username") is not { } username
            || Read(auth, "password") is not { } password
            || !await gate.IsAdministratorAsync(socket.Handshake.Address, username, password))
        {
            // The UI shows its form again at these words, and no others.
            return new ConnectError("invalid credentials");
        }

        await socket.EmitAsync("session", gate.OpenSession());
        return null;
    }

    private async Task WelcomeAsync(Socket socket)
    {
        if (!options.IsReadOnly)
        {
            _commands.Serve(socket);
        }

        await socket.EmitAsync("config", new RawJson(JsonSerializer.SerializeToUtf8Bytes(new AdminConfig(GetFeatures()), AdminJson.Default.AdminConfig), []));
        await _watch.OnCameAsync(socket);
    }

    private List<string> GetFeatures() =>
    [
        .. options.IsReadOnly ? Array.Empty<string>() : ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"],
        "AGGREGATED_EVENTS",
        .. mode == AdminMode.Development ? ["ALL_EVENTS"] : Array.Empty<string>(),
    ];

    private static string? Read(JsonElement auth, string name) =>
        auth.ValueKind == JsonValueKind.Object && auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
