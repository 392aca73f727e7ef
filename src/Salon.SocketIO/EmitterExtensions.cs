using Salon.SocketIO.Protocol;

namespace Salon.SocketIO;

/// <summary>Emits events. Arguments are encoded before a method returns, so changing them afterwards changes nothing.</summary>
public static class EmitterExtensions
{
    /// <summary>Emits an event. Binary data at any depth of an argument travels as an attachment.</summary>
    /// <param name="emitter">Whom to: a socket, a room, a namespace, everybody.</param>
    /// <param name="eventName">The name that clients listen to.</param>
    /// <returns>
    /// A task that completes when the event is queued for all local recipients, and handed to the cluster if there is one. It does not wait
    /// for clients, and does not fail when one is gone.
    /// </returns>
    /// <exception cref="ArgumentException">The name is reserved: <c>connect</c>, <c>disconnect</c> and their like.</exception>
    /// <example><code>
    /// await io.To("general").EmitAsync("message", "Alice", "Hello!");
    /// </code></example>
    public static Task EmitAsync(this IEmitter emitter, string eventName)
    {
        using var payload = Start(emitter, eventName);
        return Send(emitter, payload);
    }

    /// <inheritdoc cref="EmitAsync(IEmitter, string)"/>
    public static Task EmitAsync<T1>(this IEmitter emitter, string eventName, T1 argument1)
    {
        using var payload = Start(emitter, eventName);
        payload.Add(argument1);
        return Send(emitter, payload);
    }

    /// <inheritdoc cref="EmitAsync(IEmitter, string)"/>
    public static Task EmitAsync<T1, T2>(this IEmitter emitter, string eventName, T1 argument1, T2 argument2)
    {
        using var payload = Start(emitter, eventName);
        payload.Add(argument1);
        payload.Add(argument2);
        return Send(emitter, payload);
    }

    /// <inheritdoc cref="EmitAsync(IEmitter, string)"/>
    public static Task EmitAsync<T1, T2, T3>(this IEmitter emitter, string eventName, T1 argument1, T2 argument2, T3 argument3)
    {
        using var payload = Start(emitter, eventName);
        payload.Add(argument1);
        payload.Add(argument2);
        payload.Add(argument3);
        return Send(emitter, payload);
    }

    /// <inheritdoc cref="EmitAsync(IEmitter, string)"/>
    /// <param name="emitter">Whom to.</param>
    /// <param name="eventName">The name that clients listen to.</param>
    /// <param name="arguments">Any number of arguments.</param>
    public static Task EmitAsync(this IEmitter emitter, string eventName, params ReadOnlySpan<object?> arguments)
    {
        using var payload = Start(emitter, eventName);
        payload.AddAll(arguments);
        return Send(emitter, payload);
    }

    /// <summary>Emits the event <c>message</c>, as <c>socket.send()</c> does in JavaScript.</summary>
    public static Task SendAsync<T>(this IEmitter emitter, T argument) => emitter.EmitAsync("message", argument);

    private static PayloadBuilder Start(IEmitter emitter, string eventName)
    {
        ArgumentNullException.ThrowIfNull(emitter);

        return emitter.StartEvent(eventName);
    }

    private static Task Send(IEmitter emitter, PayloadBuilder payload)
    {
        payload.Complete();
        return emitter.EmitAsync(payload);
    }
}
