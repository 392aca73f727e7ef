using System.ComponentModel;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Events;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>
/// The same namespace on the other servers of a cluster: events from program to program, of which no client hears. Without an adapter that reaches
/// others there are none. Thread-safe.
/// </summary>
/// <example><code>
/// io.Sockets.Servers.On("reload", arguments => { cache.Clear(); return Task.CompletedTask; });
/// await io.Sockets.Servers.EmitAsync("reload");
/// </code></example>
public sealed class NamespaceServers
{
    private readonly Namespace _space;
    private readonly ServerListeners _listeners = new();

    internal NamespaceServers(Namespace space) => _space = space;

    /// <summary>Emits an event to the other servers; never to this one.</summary>
    /// <returns>A task that completes when the event is handed to the cluster.</returns>
    /// <exception cref="ArgumentException">The name is reserved: <c>connect</c>, <c>connection</c>, <c>new_namespace</c> and their like.</exception>
    public Task EmitAsync(string eventName, params ReadOnlySpan<object?> arguments) =>
        _space.Adapter.ServerSideEmitAsync(Encode(eventName, arguments, id: null)).AsTask();

    /// <summary>Emits an event to the other servers and collects what each answers, even if some do not.</summary>
    /// <typeparam name="T">What each server answers.</typeparam>
    /// <remarks>They may take as long as <see cref="SocketIOOptions.BroadcastAckTimeout"/>.</remarks>
    /// <exception cref="ArgumentException">The name is reserved.</exception>
    public Task<AckResponses<T>> EmitWithAckAsync<T>(string eventName, params ReadOnlySpan<object?> arguments) =>
        CollectAsync<T>(_space.Adapter.ServerSideEmitWithAckAsync(Encode(eventName, arguments, _space.NextAckId()), _space.Server.Options.BroadcastAckTimeout));

    /// <summary>Calls a handler for an event from another server. An exception is logged, and not told to the other server.</summary>
    /// <param name="eventName">The name that the other server emits.</param>
    /// <param name="handler">Gets the arguments.</param>
    /// <returns>Disposing it removes the handler.</returns>
    public IDisposable On(string eventName, Func<EventArguments, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        return _listeners.Add(eventName, async arguments =>
        {
            await handler(arguments);
            return null;
        });
    }

    /// <summary>Calls a handler for an event from another server, and answers what it returns. The first handler that answers does.</summary>
    /// <inheritdoc cref="On(string, Func{EventArguments, Task})"/>
    public IDisposable On<T>(string eventName, Func<EventArguments, Task<T>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);

        return _listeners.Add(eventName, async arguments => Encode(await handler(arguments)));
    }

    /// <summary>Hands an event from another server to the handlers: for adapters. Never fails.</summary>
    /// <param name="eventName">The event's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The answer; <see langword="null"/> when nobody gives one.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Task<RawJson?> ReceiveAsync(string eventName, EventArguments arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        ArgumentNullException.ThrowIfNull(arguments);

        return _listeners.CallAsync(eventName, arguments, _space.Server.Guard);
    }

    private async Task<AckResponses<T>> CollectAsync<T>(Task<BroadcastAcks> asked)
    {
        var acks = await asked;
        return new AckResponses<T>(AckReader.ReadAll<T>(acks.Responses, _space.Server.Codec), acks.RecipientCount);
    }

    private EncodedPacket Encode(string eventName, ReadOnlySpan<object?> arguments, long? id)
    {
        ServerListeners.Check(eventName);

        using var payload = PayloadBuilder.StartEvent(_space.Server.Codec, eventName);
        payload.AddAll(arguments);
        payload.Complete();
        return EncodedPacket.Create(parser: null, PacketType.Event, _space.Name, id, payload.Json, payload.Attachments);
    }

    private RawJson? Encode<T>(T answer)
    {
        using var payload = PayloadBuilder.WriteValue(_space.Server.Codec, answer);
        return new RawJson(payload.Json.ToArray(), [.. payload.Attachments.Select(static attachment => attachment.ToArray())]);
    }
}
