using System.Text.Json;
using Salon.Redis;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Protocol;
using Salon.SocketIO.Redis.Classic;

namespace Salon.SocketIO.Redis;

/// <summary>
/// Emits to the clients of a cluster from a program that is no server, as <c>@socket.io/redis-emitter</c> does: it needs nothing but Redis. The servers
/// must use <see cref="RedisAdapterKind.Classic"/>, or <c>createAdapter</c> of <c>@socket.io/redis-adapter</c>. Immutable and thread-safe; each
/// operator returns a new choice.
/// </summary>
/// <example><code>
/// await using var redis = new RedisClient(RedisOptions.Parse("redis://localhost:6379"));
/// var io = new SocketIOEmitter(redis);
/// await io.To("news").EmitAsync("headline", "Salon speaks from everywhere");
/// </code></example>
public sealed class SocketIOEmitter : IEmitter
{
    // The reference's name for itself.
    private const string Sender = "emitter";

    private readonly RedisClient _client;
    private readonly string _prefix;
    private readonly string _namespace;
    private readonly JsonCodec _codec;
    private readonly BroadcastOptions _options;

    /// <summary>Makes an emitter to everybody in the namespace <c>/</c>.</summary>
    /// <param name="client">The connection, which stays the caller's.</param>
    /// <param name="keyPrefix">What the servers' channels begin with.</param>
    /// <param name="json">How values are written; as on the servers by default.</param>
    public SocketIOEmitter(RedisClient client, string keyPrefix = "socket.io", JsonSerializerOptions? json = null)
        : this(client, keyPrefix, "/", new JsonCodec(json), BroadcastOptions.Everybody)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(keyPrefix);
    }

    private SocketIOEmitter(RedisClient client, string prefix, string @namespace, JsonCodec codec, BroadcastOptions options) =>
        (_client, _prefix, _namespace, _codec, _options) = (client, prefix, @namespace, codec, options);

    /// <summary>Drops the event for every recipient that could not get it at once.</summary>
    public SocketIOEmitter Volatile => With(_options with { IsVolatile = true });

    /// <summary>Emits to another namespace, to everybody in it.</summary>
    /// <param name="name">The name; a missing <c>/</c> in front is added.</param>
    public SocketIOEmitter Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return new SocketIOEmitter(_client, _prefix, name.StartsWith('/') ? name : "/" + name, _codec, BroadcastOptions.Everybody);
    }

    /// <summary>Chooses the members of rooms; chosen several times, the members of all of them, each once.</summary>
    public SocketIOEmitter To(params ReadOnlySpan<string> rooms) => With(_options with { Rooms = [.. _options.Rooms, .. rooms] });

    /// <inheritdoc cref="To"/>
    public SocketIOEmitter In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Leaves out the members of rooms.</summary>
    public SocketIOEmitter Except(params ReadOnlySpan<string> rooms) => With(_options with { Except = [.. _options.Except, .. rooms] });

    /// <summary>Says whether transports may compress the event.</summary>
    public SocketIOEmitter Compress(bool compress) => With(_options with { Compress = compress });

    /// <summary>Puts the chosen sockets into rooms.</summary>
    /// <returns>A task that completes when Redis has it.</returns>
    /// <exception cref="RedisException">Redis did not take it.</exception>
    public Task SocketsJoinAsync(params IReadOnlyList<string> rooms) =>
        RequestAsync(new ClusterMessage(ClusterMessageType.SocketsJoin) { Options = _options, Rooms = rooms });

    /// <summary>Takes the chosen sockets out of rooms.</summary>
    /// <inheritdoc cref="SocketsJoinAsync"/>
    public Task SocketsLeaveAsync(params IReadOnlyList<string> rooms) =>
        RequestAsync(new ClusterMessage(ClusterMessageType.SocketsLeave) { Options = _options, Rooms = rooms });

    /// <summary>Makes the chosen sockets leave the namespace.</summary>
    /// <param name="close">Whether their clients leave all namespaces and their connections are closed.</param>
    /// <inheritdoc cref="SocketsJoinAsync"/>
    public Task DisconnectSocketsAsync(bool close = false) =>
        RequestAsync(new ClusterMessage(ClusterMessageType.DisconnectSockets) { Options = _options, Close = close });

    /// <summary>Emits an event to the programs of the servers, of which no client hears.</summary>
    /// <inheritdoc cref="SocketsJoinAsync"/>
    public Task ServerSideEmitAsync(string eventName, params ReadOnlySpan<object?> arguments)
    {
        using var payload = StartEvent(eventName);
        payload.AddAll(arguments);
        payload.Complete();
        return RequestAsync(new ClusterMessage(ClusterMessageType.ServerSideEmit) { Event = ToRawJson(payload) });
    }

    /// <inheritdoc/>
    public PayloadBuilder StartEvent(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);

        return ReservedEvents.Contains(eventName)
            ? throw new ArgumentException($"\"{eventName}\" is a reserved event name.", nameof(eventName))
            : PayloadBuilder.StartEvent(_codec, eventName);
    }

    /// <inheritdoc/>
    /// <returns>A task that completes when Redis has it.</returns>
    /// <exception cref="RedisException">Redis did not take it.</exception>
    public Task EmitAsync(PayloadBuilder payload)
    {
        ArgumentNullException.ThrowIfNull(payload);

        var message = new ClusterMessage(ClusterMessageType.Broadcast) { Sender = Sender, Event = ToRawJson(payload), Options = _options };
        var room = _options.Rooms.Count == 1 ? $"{_options.Rooms[0]}#" : "";
        return _client.PublishAsync($"{_prefix}#{_namespace}#{room}", ClassicCodec.EncodeBroadcast(message, _namespace));
    }

    private static RawJson ToRawJson(PayloadBuilder payload) =>
        new(payload.Json.ToArray(), [.. payload.Attachments.Select(static attachment => attachment.ToArray())]);

    private Task RequestAsync(ClusterMessage request) =>
        _client.PublishAsync($"{_prefix}-request#{_namespace}#", ClassicCodec.EncodeRequest(request with { Sender = Sender }, _namespace));

    private SocketIOEmitter With(BroadcastOptions options) => new(_client, _prefix, _namespace, _codec, options);
}
