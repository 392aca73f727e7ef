using System.Diagnostics.CodeAnalysis;
using Salon.SocketIO.Contracts;

namespace Salon.SocketIO;

/// <summary>
/// The events of a namespace as a class: each public method with <see cref="OnAttribute"/> handles one. An instance is made for each event,
/// with its own scope of services, which its constructor may ask for; what shall last belongs into <see cref="Socket.Data"/>.
/// </summary>
/// <remarks>
/// Arguments are read, and wrong ones answered, as those of <see cref="SocketOnExtensions"/>; validation attributes on parameters and on the
/// properties of their types are checked before the method is called. What a method returns answers the client's ack, unless it has a
/// parameter of type <see cref="Ack"/>; one that returns nothing answers with nothing when it is done. A parameter with
/// <c>[FromServices]</c> comes from the scope. <c>[Authorize]</c> on the class guards the namespace, and on a method the event: by policy or
/// by role, for the user of the handshake.
/// </remarks>
/// <example><code>
/// public class Chat(ILogger&lt;Chat> logger) : SocketNamespace
/// {
///     [On("say")]
///     public Task SayAsync(string room, [MaxLength(500)] string text)
///     {
///         logger.LogInformation("{Room}: {Text}", room, text);
///         return Socket.To(room).EmitAsync("message", text);
///     }
/// }
///
/// builder.Services.AddSocketIO().AddNamespace&lt;Chat>("/chat");
/// </code></example>
public abstract class SocketNamespace
{
    private Socket? _socket;

    /// <summary>The socket that the event came to.</summary>
    /// <exception cref="InvalidOperationException">Asked for in the constructor, where there is none yet.</exception>
    public Socket Socket
    {
        get => _socket ?? throw new InvalidOperationException("The socket is not known before the constructor has returned.");
        internal set => _socket = value;
    }

    /// <summary>Everybody in the namespace.</summary>
    public Namespace Namespace => Socket.Namespace;

    /// <summary>Called when a socket has connected, before its first event is handled.</summary>
    public virtual Task OnConnectedAsync() => Task.CompletedTask;

    /// <summary>Called when a socket has disconnected and left its rooms, in an instance of its own.</summary>
    public virtual Task OnDisconnectedAsync(DisconnectReason reason) => Task.CompletedTask;
}

/// <summary>A <see cref="SocketNamespace"/> whose clients listen to the events that an interface names.</summary>
/// <typeparam name="TClient">The interface, of which <see cref="TypedEmitterExtensions.As{TClient}"/> tells more.</typeparam>
/// <example><code>
/// public interface IChatClient { Task Message(string author, string text); }
///
/// public class Chat : SocketNamespace&lt;IChatClient>
/// {
///     [On("say")]
///     public Task Say(string room, string text) => To(room).Message(Socket.Id, text);
/// }
/// </code></example>
[RequiresDynamicCode(ContractRequirements.Reason)]
[RequiresUnreferencedCode(ContractRequirements.Reason)]
public abstract class SocketNamespace<TClient> : SocketNamespace
    where TClient : class
{
    /// <summary>The client that the event came from.</summary>
    protected TClient Client => Socket.As<TClient>();

    /// <summary>Everybody in the namespace.</summary>
    protected TClient Everybody => Namespace.As<TClient>();

    /// <summary>Everybody in the namespace but the client that the event came from.</summary>
    protected TClient Others => Socket.Broadcast.As<TClient>();

    /// <summary>The members of rooms, without the client that the event came from.</summary>
    protected TClient To(params ReadOnlySpan<string> rooms) => Socket.To(rooms).As<TClient>();
}
