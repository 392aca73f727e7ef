using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>
/// Somebody in the chat who types packets by hand: asks, and keeps what comes unasked. A thread of its own reads, as a page would.
/// </summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private const string Prefix = "/chat,";

    private readonly RawClient _client;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly ConcurrentQueue<ChatEvent> _events = new();
    private volatile TaskCompletionSource<string> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private int _lastId;

    private ChatClient(RawClient client)
    {
        _client = client;
        _reading = ReadAsync();
    }

    /// <summary>What came unasked, oldest first.</summary>
    public IEnumerable<ChatEvent> Events => _events;

    public static Task<ChatClient> ConnectAsync(AppServer server, string transport, string username) =>
        ConnectAsync(server.Uri, transport, username);

    public static async Task<ChatClient> ConnectAsync(Uri server, string transport, string username)
    {
        var client = new ChatClient(await RawClient.OpenAsync(server, transport, "/socket.io/"));
        var reply = await client.JoinNamespaceAsync(JsonSerializer.Serialize(new { username }));

        Assert.StartsWith("40/chat,{\"sid\":", reply);
        return client;
    }

    /// <summary>Opens a session and asks for the chat, whatever the answer is.</summary>
    public static async Task<string> TryConnectAsync(AppServer server, string transport, string auth)
    {
        await using var client = new ChatClient(await RawClient.OpenAsync(server.Uri, transport, "/socket.io/"));
        return await client.JoinNamespaceAsync(auth);
    }

    /// <summary>Asks, and waits for the answer.</summary>
    public async Task<JsonElement> AskAsync(string eventName, object? request)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _asked[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);

        await _client.SendAsync($"42{Prefix}{id}{JsonSerializer.Serialize(new[] { eventName, request })}");
        return await answer.Task.Soon();
    }

    /// <summary>Asks, and expects that it is granted.</summary>
    public async Task<JsonElement> DoAsync(string eventName, object request)
    {
        var answer = await AskAsync(eventName, request);

        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        return answer;
    }

    /// <summary>Asks, and expects a refusal.</summary>
    public async Task<string> FailAsync(string eventName, object? request)
    {
        var answer = await AskAsync(eventName, request);

        Assert.False(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.NotEmpty(answer.GetProperty("error").GetProperty("message").GetString()!);
        return answer.GetProperty("error").GetProperty("code").GetString()!;
    }

    public Task<JsonElement> JoinAsync(string room) => DoAsync("room:join", new { room });

    public Task<JsonElement> SayAsync(string room, string text) =>
        DoAsync("message:send", new { room, text, clientMsgId = Guid.NewGuid().ToString() });

    /// <summary>Waits until as many events of a name have come.</summary>
    public async Task<ChatEvent[]> WaitForAsync(string eventName, int count = 1)
    {
        ChatEvent[] Found() => [.. _events.Where(found => found.Name == eventName)];

        await Eventually.Async($"{count} events \"{eventName}\"", () => Found().Length >= count);
        return Found();
    }

    /// <summary>Leaves the chat as <c>socket.disconnect()</c> does.</summary>
    public Task LeaveAsync() => _client.SendAsync($"41{Prefix}");

    /// <summary>Leaves the chat and comes back, over the same session.</summary>
    public async Task ComeBackAsync(string username)
    {
        await LeaveAsync();
        _connected = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.StartsWith("40/chat,{\"sid\":", await JoinNamespaceAsync(JsonSerializer.Serialize(new { username })));
    }

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

    private async Task<string> JoinNamespaceAsync(string auth)
    {
        await _client.SendAsync($"40{Prefix}{auth}");
        return await _connected.Task.Soon();
    }

    private async Task ReadAsync()
    {
        while (await _client.ReceiveAnyAsync() is { } packet)
        {
            if (packet.StartsWith("40", StringComparison.Ordinal) || packet.StartsWith("44", StringComparison.Ordinal))
            {
                _connected.TrySetResult(packet);
            }
            else if (packet.StartsWith($"42{Prefix}", StringComparison.Ordinal))
            {
                var data = JsonDocument.Parse(packet[8..]).RootElement;
                _events.Enqueue(new ChatEvent(data[0].GetString()!, data[1]));
            }
            else if (packet.StartsWith($"43{Prefix}", StringComparison.Ordinal))
            {
                var bracket = packet.IndexOf('[', StringComparison.Ordinal);
                _asked[int.Parse(packet[8..bracket], System.Globalization.CultureInfo.InvariantCulture)]
                    .SetResult(JsonDocument.Parse(packet[bracket..]).RootElement[0]);
            }
        }
    }
}
