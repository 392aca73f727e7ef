namespace Salon.SocketIO;

/// <summary>
/// Why a client may not join a namespace. Clients get it as the event <c>connect_error</c>, an error with this message and, if there is
/// any, the data.
/// </summary>
/// <param name="Message">What the client is told.</param>
/// <param name="Data">More, in a form that a program can read; <see langword="null"/> for nothing.</param>
/// <example><code>
/// io.Use(socket => socket.Handshake.Query.ContainsKey("room") ? null : new ConnectError("no room", new { code = 400 }));
/// </code></example>
public sealed record ConnectError(string Message, object? Data = null);
