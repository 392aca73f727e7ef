using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
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

    // From when a socket is let in until it is connected, which it need not ever be.
    private readonly ConditionalWeakTable<Socket, Admission> _admitted = [];

    public void Open()
    {
        _space.Use(AdmitAsync);
        _space.OnConnection(WelcomeAsync);
    }

    private async Task<ConnectError?> AdmitAsync(Socket socket)
    {
        var auth = socket.Handshake.Auth;

        if (Read(auth, "sessionId") is { } known && gate.Sessions.Contains(known))
        {
            _admitted.Add(socket, new Admission(known, IsNew: false));
            return null;
        }

        if (Read(auth, "username") is not { } username
            || Read(auth, "password") is not { } password
            || await gate.AskAsync(socket.Handshake.Address, FindDevice(socket.Handshake), username, password) != AdminVerdict.Right)
        {
            // The UI shows its form again at these words, and no others.
            return new ConnectError("invalid credentials");
        }

        _admitted.Add(socket, new Admission(gate.Sessions.Open(username), IsNew: true));
        return null;
    }

    private async Task WelcomeAsync(Socket socket)
    {
        // It may have ended since the socket was let in.
        if (!_admitted.TryGetValue(socket, out var admission) || !gate.Sessions.TryAttach(admission.Session, socket))
        {
            socket.Disconnect(close: true);
            return;
        }

        if (admission.IsNew)
        {
            // Only now: the UI listens to nothing before it is connected, and would ask for the password each time that the page is loaded.
            await socket.EmitAsync("session", admission.Session);
        }

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

    private static string? FindDevice(Handshake handshake) =>
        handshake.Headers.TryGetValue(HeaderNames.Cookie, out var cookies) && CookieHeaderValue.TryParseList(cookies, out var all)
            ? all.FirstOrDefault(static cookie => cookie.Name == AdminGate.Cookie)?.Value.Value
            : null;

    private static string? Read(JsonElement auth, string name) =>
        auth.ValueKind == JsonValueKind.Object && auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Admission(string Session, bool IsNew);
}
