using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;

namespace Salon.Drills.Clients;

/// <summary>
/// One connection to the chat: asks, and tells what comes unasked. It ends when the server, the network or its user does so; what was asked
/// fails then. Thread-safe; events are told by one task, in order.
/// </summary>
internal sealed class ChatSession : IAsyncDisposable
{
    private const string Prefix = "/chat,";

    // An answer that takes longer does not come, as far as clients are concerned: they connect anew.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(6);

    // Between two pings of the server, and until it would give up a client.
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(45);

    private readonly Wire _wire;
    private readonly Action<ChatSession, string, JsonElement> _onEvent;
    private readonly Channel<string> _outgoing = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private long _heardAt = Environment.TickCount64;
    private int _lastId;

    private ChatSession(Wire wire, Action<ChatSession, string, JsonElement> onEvent)
    {
        (_wire, _onEvent) = (wire, onEvent);
        _running = Task.WhenAll(SendAsync(), ReceiveAsync());
    }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Ended => _end.Token;

    public static async Task<ChatSession> ConnectAsync(Uri server, bool isPolling, string username, Action<ChatSession, string, JsonElement> onEvent)
    {
        var session = new ChatSession(await Wire.OpenAsync(server, isPolling), onEvent);

        try
        {
            session.Send($"40{Prefix}{JsonSerializer.Serialize(new { username })}");
            await session._connected.Task.WaitAsync(AnswerPatience, session.Ended);
            return session;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            await session.DisposeAsync();
            throw new WireException("The chat did not take the connection.", exception);
        }
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <exception cref="WireException">The session ended before it came.</exception>
    public async Task<JsonElement> AskAsync(string name, object request)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;

        try
        {
            Send($"42{Prefix}{id.ToString(CultureInfo.InvariantCulture)}{JsonSerializer.Serialize(new[] { name, request })}");
            return await answer.Task.WaitAsync(AnswerPatience, Ended);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Abort();
            throw new WireException("There was no answer.", exception);
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <summary>Ends a session that has been silent for too long.</summary>
    public void CheckSilence()
    {
        if (Environment.TickCount64 - Volatile.Read(ref _heardAt) > SilencePatience.TotalMilliseconds)
        {
            Abort();
        }
    }

    /// <summary>Leaves the chat as <c>socket.disconnect()</c> does.</summary>
    public void Leave() => Send($"41{Prefix}");

    /// <summary>Ends the session without a word.</summary>
    public void Abort() => _end.Cancel();

    public async ValueTask DisposeAsync()
    {
        Abort();
        await _running;
        _wire.Dispose();
    }

    private void Send(string packet) => _outgoing.Writer.TryWrite(packet);

    private async Task SendAsync()
    {
        var packets = new List<string>();

        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(Ended))
            {
                while (packets.Count < 100 && _outgoing.Reader.TryRead(out var packet))
                {
                    packets.Add(packet);
                }

                await _wire.SendAsync(packets).WaitAsync(Ended);
                packets.Clear();
            }
        }
        catch (Exception exception) when (exception is WireException or OperationCanceledException)
        {
            Abort();
        }
    }

    private async Task ReceiveAsync()
    {
        using var ending = Ended.UnsafeRegister(static wire => ((Wire)wire!).Dispose(), _wire);

        try
        {
            while (!Ended.IsCancellationRequested)
            {
                foreach (var packet in await _wire.ReceiveAsync())
                {
                    Volatile.Write(ref _heardAt, Environment.TickCount64);
                    OnPacket(packet);
                }
            }
        }
        catch (WireException)
        {
            Abort();
        }
    }

    private void OnPacket(string packet)
    {
        if (packet.StartsWith($"42{Prefix}", StringComparison.Ordinal))
        {
            using var json = JsonDocument.Parse(packet.AsMemory(8));
            _onEvent(this, json.RootElement[0].GetString()!, json.RootElement[1]);
        }
        else if (packet.StartsWith($"43{Prefix}", StringComparison.Ordinal))
        {
            OnAnswer(packet);
        }
        else if (packet.StartsWith($"40{Prefix}", StringComparison.Ordinal))
        {
            _connected.TrySetResult();
        }
        else if (packet == "2")
        {
            Send("3");
        }
        else if (packet == "1" || packet.StartsWith("44", StringComparison.Ordinal) || packet.StartsWith("41", StringComparison.Ordinal))
        {
            throw new WireException("The server has closed.");
        }
    }

    private void OnAnswer(string packet)
    {
        var bracket = packet.IndexOf('[', StringComparison.Ordinal);

        if (_asked.TryGetValue(int.Parse(packet.AsSpan(8, bracket - 8), CultureInfo.InvariantCulture), out var answer))
        {
            using var json = JsonDocument.Parse(packet.AsMemory(bracket));
            answer.TrySetResult(json.RootElement[0].Clone());
        }
    }
}
