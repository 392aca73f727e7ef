using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// The answer to an event: the last parameter of a handler whose clients wait for one. It can be sent once; later calls do nothing, and
/// so does an answer that nobody asked for. Thread-safe.
/// </summary>
/// <example><code>
/// socket.On("join", async (string room, Ack ack) => { await socket.JoinAsync(room); await ack.SendAsync("ok"); });
/// </code></example>
public sealed class Ack
{
    /// <summary>For events that ask for no answer.</summary>
    internal static readonly Ack None = new();

    private readonly Socket? _socket;
    private readonly long _id;
    private int _isSent;

    internal Ack(Socket socket, long id)
    {
        _socket = socket;
        _id = id;
    }

    private Ack()
    {
    }

    /// <summary>Whether the client waits for an answer.</summary>
    public bool IsRequested => _socket is not null;

    /// <summary>Whether the answer was given.</summary>
    internal bool IsSent => Volatile.Read(ref _isSent) != 0;

    /// <summary>Answers with nothing: the client's callback is called without arguments.</summary>
    /// <returns>A task that completes when the answer is queued.</returns>
    public Task SendAsync() => SendAsync([]);

    /// <summary>Answers with one value.</summary>
    /// <returns>A task that completes when the answer is queued.</returns>
    public Task SendAsync<T>(T value)
    {
        if (_socket is not null)
        {
            using var payload = PayloadBuilder.StartAck(_socket.Codec);
            payload.Add(value);
            Send(_socket, payload);
        }

        return Task.CompletedTask;
    }

    /// <summary>Answers with any number of values.</summary>
    /// <returns>A task that completes when the answer is queued.</returns>
    public Task SendAsync(params ReadOnlySpan<object?> values)
    {
        if (_socket is not null)
        {
            using var payload = PayloadBuilder.StartAck(_socket.Codec);
            payload.AddAll(values);
            Send(_socket, payload);
        }

        return Task.CompletedTask;
    }

    /// <summary>Answers <c>{ ok: false, error: { code, message } }</c>.</summary>
    /// <param name="code">What a program tells the error by.</param>
    /// <param name="message">What a person is told.</param>
    /// <param name="retryAfter">
    /// In how long it may work; sent as <c>retryAfter</c>, in seconds. A client that sends the event again (its option <c>retries</c>) is then
    /// heard again, and not told the same.
    /// </param>
    /// <returns>A task that completes when the answer is queued.</returns>
    public Task SendErrorAsync(string code, string message, TimeSpan? retryAfter = null) =>
        SendErrorAsync(code, message, retryAfter, hasFailed: retryAfter is not null);

    /// <param name="code">As above.</param>
    /// <param name="message">As above.</param>
    /// <param name="retryAfter">As above.</param>
    /// <param name="hasFailed">Whether the event was not handled, so that it may be repeated.</param>
    internal Task SendErrorAsync(string code, string message, TimeSpan? retryAfter, bool hasFailed)
    {
        if (_socket is not null)
        {
            using var payload = PayloadBuilder.StartAck(_socket.Codec);
            payload.Add(new AckError(false, new AckErrorDetail(code, message, retryAfter?.TotalSeconds)));
            Send(_socket, payload, hasFailed);
        }

        return Task.CompletedTask;
    }

    /// <summary>Gives the answer that an earlier try of the same event was given.</summary>
    internal void Repeat(byte[] json, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (Interlocked.Exchange(ref _isSent, 1) == 0)
        {
            _socket!.SendAck(_id, json, attachments);
        }
    }

    private void Send(Socket socket, PayloadBuilder payload, bool hasFailed = false)
    {
        // Taken only now: a value that cannot be encoded must not use up the one answer.
        if (Interlocked.Exchange(ref _isSent, 1) == 0)
        {
            payload.Complete();
            socket.SendAck(_id, payload.Json, payload.Attachments);
            socket.State.SeenIfAny?.OnAnswered(this, payload, hasFailed);
        }
    }
}
