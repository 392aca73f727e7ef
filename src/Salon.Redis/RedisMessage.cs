namespace Salon.Redis;

/// <summary>A message of a channel, as its handler gets it.</summary>
public readonly struct RedisMessage
{
    internal RedisMessage(string channel, string? pattern, ReadOnlyMemory<byte> payload) => (Channel, Pattern, Payload) = (channel, pattern, payload);

    /// <summary>The channel that it was published to.</summary>
    public string Channel { get; }

    /// <summary>The pattern that the subscription is to, if it is to one.</summary>
    public string? Pattern { get; }

    /// <summary>What was published. The memory is used again after the call of the handler: copy what has to stay.</summary>
    public ReadOnlyMemory<byte> Payload { get; }
}
