using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// Something that reaches many sockets: the server, a namespace, or a choice of its sockets. Each operator returns a new choice and
/// changes nothing, so a choice may be kept and used again, from any thread.
/// </summary>
public abstract class Broadcaster : IEmitter
{
    private protected Broadcaster()
    {
    }

    /// <summary>Leaves out the other servers of a cluster.</summary>
    public BroadcastOperator Local => With(options => options with { IsLocal = true });

    /// <summary>
    /// Drops the event for every recipient that could not get it at once, because it has not read the last one or is between two polls.
    /// </summary>
    public BroadcastOperator Volatile => With(options => options with { IsVolatile = true });

    private protected abstract Namespace Target { get; }

    private protected abstract BroadcastOptions BroadcastOptions { get; }

    /// <summary>Chooses the members of rooms; chosen several times, the members of all of them, each once.</summary>
    /// <param name="rooms">The names. The id of a socket is the name of a room that it alone is in.</param>
    /// <example><code>
    /// var team = io.To("team-1", "team-2");
    /// await team.EmitAsync("ready");
    /// </code></example>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms)
    {
        string[] added = [.. rooms];
        return With(options => options with { Rooms = Union(options.Rooms, added) });
    }

    /// <inheritdoc cref="To"/>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Leaves out the members of rooms.</summary>
    /// <param name="rooms">The names. The id of a socket is the name of a room that it alone is in.</param>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms)
    {
        string[] added = [.. rooms];
        return With(options => options with { Except = Union(options.Except, added) });
    }

    /// <summary>Says whether transports may compress the event. They may by default, if they compress at all.</summary>
    public BroadcastOperator Compress(bool compress) => With(options => options with { Compress = compress });

    /// <summary>Says how long answers are waited for.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);

        return With(options => options with { Timeout = timeout });
    }

    /// <summary>Emits an event and collects the answers of all recipients: what came in time, even if some did not.</summary>
    /// <typeparam name="T">What each client answers: the first value of its answer is read as this type.</typeparam>
    /// <param name="eventName">The name that clients listen to.</param>
    /// <param name="arguments">The arguments.</param>
    /// <example><code>
    /// var votes = await io.To("jury").Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync&lt;int>("vote", "best film");
    /// </code></example>
    public Task<AckResponses<T>> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments)
    {
        using var payload = StartEvent(eventName);
        payload.AddAll(arguments);
        payload.Complete();

        var id = Target.NextAckId();
        var packet = EncodedPacket.Create(PacketType.Event, Target.Name, id, payload, BroadcastOptions.Compress);
        return CollectAsync<T>(packet);
    }

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => Target.CreateEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        var packet = EncodedPacket.Create(PacketType.Event, Target.Name, id: null, payload, BroadcastOptions.Compress);
        return Target.Adapter.BroadcastAsync(packet, BroadcastOptions).AsTask();
    }

    private async Task<AckResponses<T>> CollectAsync<T>(EncodedPacket packet)
    {
        var timeout = BroadcastOptions.Timeout ?? Target.Server.Options.BroadcastAckTimeout;
        var acks = await Target.Adapter.BroadcastWithAckAsync(packet, BroadcastOptions, timeout);
        var responses = new List<T?>(acks.Responses.Count);

        foreach (var response in acks.Responses)
        {
            if (typeof(T) == typeof(RawJson))
            {
                responses.Add((T)(object)response);
            }
            else if (Target.Server.Codec.TryRead(response.Utf8.Span, response.Attachments, out T? value))
            {
                responses.Add(value);
            }
        }

        return new AckResponses<T>(responses, acks.RecipientCount);
    }

    private BroadcastOperator With(Func<BroadcastOptions, BroadcastOptions> change) => new(Target, change(BroadcastOptions));

    private static IReadOnlyList<string> Union(IReadOnlyList<string> rooms, string[] added) =>
        rooms.Count == 0 ? added : [.. rooms.Union(added, StringComparer.Ordinal)];
}
