using Salon.SocketIO.Connections;
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

    /// <summary>The namespaces whose sockets are reached; more than one only where a pattern stands for many.</summary>
    internal abstract IReadOnlyList<Namespace> Targets { get; }

    internal abstract SocketIOServer Owner { get; }

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
    public Task<AckResponses<T>> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments) =>
        CollectAsync<T>(Ask(eventName, arguments));

    /// <summary>Finds the chosen sockets, here and on the other servers of a cluster.</summary>
    /// <returns>What is known of them at this moment.</returns>
    /// <example><code>
    /// foreach (var socket in await io.In("jury").FetchSocketsAsync()) { await socket.EmitAsync("welcome"); }
    /// </code></example>
    public async Task<IReadOnlyList<RemoteSocket>> FetchSocketsAsync()
    {
        var parts = await Task.WhenAll(Targets.Select(target => target.Adapter.FetchSocketsAsync(BroadcastOptions).AsTask()));
        return parts.Length == 1 ? parts[0] : [.. parts.SelectMany(static part => part)];
    }

    /// <summary>Puts the chosen sockets into rooms.</summary>
    /// <returns>A task that completes when broadcasts to the rooms reach the local ones.</returns>
    public Task SocketsJoinAsync(params IReadOnlyList<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);

        return Task.WhenAll(Targets.Select(target => target.Adapter.JoinSocketsAsync(BroadcastOptions, rooms).AsTask()));
    }

    /// <summary>Takes the chosen sockets out of rooms.</summary>
    public Task SocketsLeaveAsync(params IReadOnlyList<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);

        return Task.WhenAll(Targets.Select(target => target.Adapter.LeaveSocketsAsync(BroadcastOptions, rooms).AsTask()));
    }

    /// <summary>Makes the chosen sockets leave the namespace.</summary>
    /// <param name="close">Whether their clients leave all namespaces and their connections are closed.</param>
    public Task DisconnectSocketsAsync(bool close = false) =>
        Task.WhenAll(Targets.Select(target => target.Adapter.DisconnectSocketsAsync(BroadcastOptions, close).AsTask()));

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName) => Owner.CreateEvent(eventName);

    /// <inheritdoc/>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        var targets = Targets;
        return targets.Count == 1 ? EmitAsync(targets[0], payload) : EmitToAllAsync(targets, payload);
    }

    private Task EmitToAllAsync(IReadOnlyList<Namespace> targets, PayloadBuilder payload) =>
        Task.WhenAll(targets.Select(target => TryEmitAsync(target, payload)).ToList());

    /// <summary>An adapter that throws at once keeps the event from no other namespace: whoever emits learns of it from the task.</summary>
    private Task TryEmitAsync(Namespace target, PayloadBuilder payload)
    {
        try
        {
            return EmitAsync(target, payload);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    private Task EmitAsync(Namespace target, PayloadBuilder payload)
    {
        var packet = EncodedPacket.Create(target, PacketType.Event, id: null, payload, BroadcastOptions.Compress);
        return target.Adapter.BroadcastAsync(packet, BroadcastOptions).AsTask();
    }

    private async Task<AckResponses<T>> CollectAsync<T>(List<Task<BroadcastAcks>> asked)
    {
        var acks = await Task.WhenAll(asked);

        return new AckResponses<T>(
            AckReader.ReadAll<T>(acks.SelectMany(static part => part.Responses), Owner.Codec),
            acks.Sum(static part => part.RecipientCount));
    }

    private List<Task<BroadcastAcks>> Ask(string eventName, ReadOnlySpan<object?> arguments)
    {
        var timeout = BroadcastOptions.Timeout ?? Owner.Options.BroadcastAckTimeout;
        using var payload = StartEvent(eventName);
        payload.AddAll(arguments);
        payload.Complete();

        var asked = new List<Task<BroadcastAcks>>();

        foreach (var target in Targets)
        {
            var packet = EncodedPacket.Create(target, PacketType.Event, target.NextAckId(), payload, BroadcastOptions.Compress);
            asked.Add(target.Adapter.BroadcastWithAckAsync(packet, BroadcastOptions, timeout));
        }

        return asked;
    }

    private BroadcastOperator With(Func<BroadcastOptions, BroadcastOptions> change) => new(this, change(BroadcastOptions));

    private static IReadOnlyList<string> Union(IReadOnlyList<string> rooms, string[] added) =>
        rooms.Count == 0 ? added : [.. rooms.Union(added, StringComparer.Ordinal)];
}
