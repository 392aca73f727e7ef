using Microsoft.Extensions.Logging;
using Salon.Collections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Events;

/// <summary>
/// What is called for every event of one socket, whatever its name: catch-all listeners and packet middleware. Made with the first of them,
/// since nearly no socket has any. Thread-safe.
/// </summary>
internal sealed partial class SocketHooks
{
    public CopyOnWriteList<AnyListener> Incoming { get; } = new();

    public CopyOnWriteList<AnyListener> Outgoing { get; } = new();

    public CopyOnWriteList<Func<string, EventArguments, Task>> Middleware { get; } = new();

    /// <summary>Whether incoming events must be looked at.</summary>
    public bool HasIncoming => Incoming.Items.Length > 0 || Middleware.Items.Length > 0;

    /// <summary>Tells those who watch what is sent. They are called before the event is queued, and cannot hold it back.</summary>
    public void OnSending(Socket socket, EncodedPacket packet)
    {
        var listeners = Outgoing.Items;

        if (listeners.Length == 0 || packet.Header.Type != PacketType.Event)
        {
            return;
        }

        var (name, arguments) = packet.ReadEvent(socket.Codec);

        foreach (var listener in listeners)
        {
            socket.Namespace.Server.Guard.Forget(nameof(SocketAnyExtensions.OnAnyOutgoing), CallAsync(socket, listener, name, arguments, Ack.None));
        }
    }

    /// <summary>Calls the catch-all listeners, one after the other. What they throw is logged.</summary>
    public async Task CallListenersAsync(Socket socket, string name, EventArguments arguments, Ack ack)
    {
        foreach (var listener in Incoming.Items)
        {
            await CallAsync(socket, listener, name, arguments, ack);
        }
    }

    private static async Task CallAsync(Socket socket, AnyListener listener, string name, EventArguments arguments, Ack ack)
    {
        try
        {
            await listener.Call(name, arguments, ack);
        }
        catch (Exception exception)
        {
            socket.Namespace.Server.Guard.Fail(nameof(SocketAnyExtensions.OnAny), exception, name, Log.AnyListenerFailed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A catch-all listener failed at \"{EventName}\".", EventName = nameof(AnyListenerFailed))]
        public static partial void AnyListenerFailed(ILogger logger, Exception exception, string eventName);
    }
}
