namespace Salon.SocketIO;

/// <summary>
/// A name that a client gives to one event, so that the event is handled once however often it is sent: the parameter of a handler for an
/// argument that is a text of 1 to 128 characters or a whole number.
/// </summary>
/// <remarks>
/// An event that the same client has sent before, with the same name and id, does not reach the handler. It is answered as the first was, or
/// when the first is. The server remembers <see cref="SocketIOOptions.IdempotencyWindow"/> events of each client, as long as its socket lives; with
/// <see cref="SocketIOOptions.ConnectionStateRecovery"/>, across lost connections too. An event whose handler threw, or answered when
/// to try again (<c>retryAfter</c>), is not remembered, and neither is one that asks for no answer.
/// </remarks>
/// <param name="Value">The id, as text.</param>
/// <example><code>
/// // The client: io({ retries: 3, ackTimeout: 5000 }), and socket.emit("pay", 10, crypto.randomUUID(), callback)
/// socket.On("pay", async (decimal amount, IdempotencyKey id, Ack ack) => await ack.SendAsync(amount));
/// </code></example>
public readonly record struct IdempotencyKey(string Value)
{
    internal const int MaxLength = 128;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
