namespace Salon.EngineIO.WebSockets;

/// <summary>Receives what a <see cref="WebSocketReader"/> reads, one call at a time.</summary>
internal interface IWebSocketReceiver
{
    /// <summary>Whether what came broke the rules of what travels here, so that nothing more is to be read.</summary>
    bool HasFailed { get; }

    /// <summary>A whole message; text is valid UTF-8. The memory is valid until the task completes.</summary>
    ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary);

    /// <summary>A ping, to be answered with the same payload.</summary>
    void OnPing(ReadOnlySpan<byte> payload);

    void OnPong();

    /// <summary>Everything of a read was given, or much of it; before more, it may be the turn of others.</summary>
    /// <param name="cost">What the messages, pings and pongs in it cost (<see cref="Fairness.FairTurns"/>).</param>
    ValueTask WaitForTurnAsync(int cost);
}
