using System.Diagnostics.CodeAnalysis;
using Salon.SocketIO.Contracts;

namespace Salon.SocketIO;

/// <summary>Emits events by calling the methods of an interface.</summary>
public static class TypedEmitterExtensions
{
    /// <summary>
    /// Gives an implementation of an interface that emits: each method the event of its name, in camelCase and without <c>Async</c> at its end,
    /// or the one that <see cref="EmitsAttribute"/> names. It may be kept, and used from any thread.
    /// </summary>
    /// <remarks>
    /// A method that returns <see cref="Task"/> emits. One that returns <see cref="Task{TResult}"/> waits for the answer of the one client that
    /// it asks: of a socket, not of many.
    /// </remarks>
    /// <typeparam name="TClient">The interface. It has nothing but such methods; it may be internal, and inherit from others.</typeparam>
    /// <param name="emitter">Whom to: a socket, a room, a namespace, everybody.</param>
    /// <exception cref="ArgumentException">The interface has something that cannot be emitted; the message names it.</exception>
    /// <example><code>
    /// public interface IChatClient { Task Message(string author, string text); }
    ///
    /// await io.To("general").As&lt;IChatClient>().Message("Alice", "Hello!");
    /// </code></example>
    [RequiresDynamicCode(ContractRequirements.Reason)]
    [RequiresUnreferencedCode(ContractRequirements.Reason)]
    public static TClient As<TClient>(this IEmitter emitter)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(emitter);

        return TypedEmitter<TClient>.Create(emitter);
    }
}
