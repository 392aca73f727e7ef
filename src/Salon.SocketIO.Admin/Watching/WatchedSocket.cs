using System.Globalization;
using System.Text.Json;
using Salon.Supervision;

namespace Salon.SocketIO.Admin.Watching;

/// <summary>One socket that administrators see. It tells them what it receives and sends, until it is disposed of.</summary>
internal sealed class WatchedSocket : IDisposable
{
    // Whoever looks at a list of events reads no more of one.
    private const int MaxArgumentBytes = 2048;

    private readonly Socket _socket;
    private readonly Namespace _admins;
    private readonly Sampler _sampler;
    private readonly Guard _guard;
    private readonly TimeProvider _time;
    private readonly IDisposable[] _listeners;

    public WatchedSocket(Socket socket, Namespace admins, Sampler sampler, Guard guard, TimeProvider time)
    {
        (_socket, _admins, _sampler, _guard, _time) = (socket, admins, sampler, guard, time);
        socket.Conn.Upgraded += OnUpgraded;

        // What administrators are told must not be told to them again.
        _listeners = socket.Namespace == admins
            ? []
            :
            [
                socket.OnAny((name, arguments) => Tell("event_received", name, arguments)),
                socket.OnAnyOutgoing((name, arguments) => Tell("event_sent", name, arguments)),
            ];
    }

    public Socket Socket => _socket;

    /// <summary>Whether it was gone already when <see cref="WatchSession.Prune"/> looked last, which alone uses this.</summary>
    public bool IsGone { get; set; }

    public void Dispose()
    {
        _socket.Conn.Upgraded -= OnUpgraded;
        Array.ForEach(_listeners, static listener => listener.Dispose());
    }

    private void OnUpgraded(EngineIO.EngineSession session)
    {
        var update = new SocketUpdate(_socket.Id, _socket.Namespace.Name, SocketDescription.GetTransport(session));
        _guard.Run("socket_updated", (_admins, update), static told =>
            told._admins.EmitAsync("socket_updated", new RawJson(JsonSerializer.SerializeToUtf8Bytes(told.update, AdminJson.Default.SocketUpdate), [])));
    }

    private void Tell(string type, string name, EventArguments arguments)
    {
        if (_sampler.TryTake())
        {
            _guard.Run(type, (Watched: this, type, name, arguments), static told => told.Watched.TellAsync(told.type, told.name, told.arguments));
        }
    }

    private Task TellAsync(string type, string name, EventArguments arguments) =>
        _admins.EmitAsync(type, _socket.Namespace.Name, _socket.Id, Describe(name, arguments), Timestamp.Format(_time));

    private static RawJson Describe(string name, EventArguments arguments)
    {
        using var output = new MemoryStream();

        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            json.WriteStringValue(name);

            for (var i = 0; i < arguments.Count; i++)
            {
                var argument = arguments[i];

                if (argument.Utf8.Length > MaxArgumentBytes)
                {
                    json.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"({argument.Utf8.Length} bytes)"));
                }
                else
                {
                    // Binary data stays behind: its placeholder says that there was some.
                    json.WriteRawValue(argument.Utf8.Span, skipInputValidation: true);
                }
            }

            json.WriteEndArray();
        }

        return new RawJson(output.ToArray(), []);
    }
}

/// <summary>Times as the UI reads them.</summary>
internal static class Timestamp
{
    public static string Format(TimeProvider time) => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
