using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A client that types packets by hand, and keeps what comes.</summary>
internal sealed class Person : IAsyncDisposable
{
    private readonly RawClient _client;
    private readonly ConcurrentQueue<string> _events = new();
    private readonly ConcurrentQueue<string?> _binaryNames = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly TaskCompletionSource<string> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _lastId;

    private Person(RawClient client)
    {
        _client = client;
        _reading = ReadAsync();
    }

    /// <summary>The events, as they stand on the wire: <c>["name",…]</c>.</summary>
    public IReadOnlyCollection<string> Events => _events;

    /// <summary>The names of the events.</summary>
    public IReadOnlyList<string?> Names => [.. _events.Select(static text => JsonDocument.Parse(text).RootElement[0].GetString())];

    /// <summary>The names of the events that hold binary data.</summary>
    public IReadOnlyCollection<string?> BinaryNames => _binaryNames;

    /// <summary>The offset of the last event; <see langword="null"/> when there was none.</summary>
    public string? Offset { get; private set; }

    /// <summary>The secret by which a client that comes back is recognised.</summary>
    public string? PrivateId { get; private set; }

    public string Id { get; private set; } = "";

    /// <summary>Whether the server has closed the connection, or made the client leave.</summary>
    public bool IsGone { get; private set; }

    public static async Task<Person> ConnectAsync(Uri server, string transport = "websocket", string? room = null, string auth = "")
    {
        var person = new Person(await RawClient.OpenAsync(server, transport, "/socket.io/"));
        await person._client.SendAsync("40" + auth);
        var reply = JsonDocument.Parse((await person._connected.Task.Soon())[2..]).RootElement;
        person.Id = reply.GetProperty("sid").GetString()!;
        person.PrivateId = reply.TryGetProperty("pid", out var pid) ? pid.GetString() : null;

        if (room is not null)
        {
            await person.AskAsync("join", room);
        }

        return person;
    }

    /// <summary>Connects as the same client once more, to some server: by its secret and the last event that it got.</summary>
    /// <param name="server">The server.</param>
    /// <param name="transport">The transport.</param>
    /// <param name="offset">What it says is the offset of that event, if not the truth.</param>
    public Task<Person> ComeBackAsync(Uri server, string transport = "websocket", string? offset = null)
    {
        offset ??= Offset;
        return ConnectAsync(server, transport, auth: JsonSerializer.Serialize(offset is null ? new { pid = PrivateId } : (object)new { pid = PrivateId, offset }));
    }

    /// <summary>Breaks the connection, and waits until the server has noticed.</summary>
    public async Task LoseAsync(ClusterServer server)
    {
        await DisposeAsync();
        server.IO.Sockets.Sockets.GetValueOrDefault(Id)?.Conn.Close();
        await Eventually.Async("it is missed", () => !server.IO.Sockets.Sockets.ContainsKey(Id));
    }

    /// <summary>An event without its last argument.</summary>
    public static string WithoutOffset(string text) => string.Create(CultureInfo.InvariantCulture, $"{text[..text.LastIndexOf(',')]}]");

    public async Task<JsonElement> AskAsync(params object[] @event)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _client.SendAsync($"42{id}{JsonSerializer.Serialize(@event)}");
        return await answer.Task.Soon();
    }

    public Task WaitForAsync(string @event) => Eventually.Async(@event, () => _events.Contains(@event));

    /// <summary>Waits for an event, whatever its arguments.</summary>
    public Task WaitForNameAsync(string name) => Eventually.Async(name, () => Names.Contains(name));

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();

        try
        {
            await _reading;
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            // The poll that was waiting.
        }
    }

    private async Task ReadAsync()
    {
        while (await _client.ReceiveAnyAsync() is { } packet)
        {
            if (packet.StartsWith("40", StringComparison.Ordinal))
            {
                _connected.TrySetResult(packet);
            }
            else if (packet.StartsWith("42", StringComparison.Ordinal))
            {
                _events.Enqueue(packet[2..]);
                KeepOffset(packet[2..]);
            }
            else if (packet.StartsWith("45", StringComparison.Ordinal))
            {
                var text = packet[(packet.IndexOf('-', StringComparison.Ordinal) + 1)..];
                _binaryNames.Enqueue(JsonDocument.Parse(text).RootElement[0].GetString());
                KeepOffset(text);
            }
            else if (packet.StartsWith("43", StringComparison.Ordinal) || packet.StartsWith("46", StringComparison.Ordinal))
            {
                // Of binary answers the text is enough; their attachments follow, and are nothing of the above.
                var start = packet[1] == '6' ? packet.IndexOf('-', StringComparison.Ordinal) + 1 : 2;
                var bracket = packet.IndexOf('[', StringComparison.Ordinal);
                _asked[int.Parse(packet[start..bracket], CultureInfo.InvariantCulture)].SetResult(JsonDocument.Parse(packet[bracket..]).RootElement.Clone());
            }
            else if (packet.StartsWith("41", StringComparison.Ordinal))
            {
                IsGone = true;
            }
        }

        IsGone = true;
    }

    /// <summary>Clients with a secret take a text at the end of an event for its offset.</summary>
    private void KeepOffset(string @event)
    {
        var last = JsonDocument.Parse(@event).RootElement.EnumerateArray().Last();
        Offset = last.ValueKind == JsonValueKind.String && !last.GetRawText().Contains('\\') ? last.GetString() : Offset;
    }
}
