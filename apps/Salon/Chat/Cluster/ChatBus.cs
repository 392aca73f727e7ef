using Salon.App.Chat.Delivery;
using Salon.SocketIO;
using Salon.Supervision;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// What the nodes of a cluster tell each other of messages: as they are stored, so that none has to ask the database. It may be lost, or
/// come twice; <see cref="ChatDelivery"/> sees to the rest. Thread-safe.
/// </summary>
internal sealed class ChatBus : IDisposable
{
    private const string Stored = "chat:stored";

    private readonly Namespace _chat;
    private readonly RoomDirectory _rooms;
    private readonly ChatDelivery _delivery;
    private readonly ILogger _logger;
    private readonly Guard _guard;
    private readonly IDisposable _listening;

    public ChatBus(SocketIOServer io, RoomDirectory rooms, ChatDelivery delivery, ILoggerFactory loggers)
    {
        _chat = io.Of(ChatFeed.NamespaceName);
        (_rooms, _delivery) = (rooms, delivery);
        _logger = loggers.CreateLogger(BusLog.Category);
        _guard = new Guard(loggers.CreateLogger<ChatBus>());
        _listening = _chat.Servers.On(Stored, arguments =>
        {
            // What is missing would be null.
            if (arguments.Get<ChatMessage>(0) is { Room: not null, Id: not null, Username: not null, Text: not null, Seq: > 0 } message)
            {
                OnStored(message);
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Tells the other nodes.</summary>
    public void Tell(ChatMessage message)
    {
        BusLog.Sent(_logger, message.Room, message.Username, message.Text);
        _guard.Run("ChatBus.Tell", (_chat, message), static state => state._chat.Servers.EmitAsync(Stored, state.message));
    }

    public void Dispose() => _listening.Dispose();

    private void OnStored(ChatMessage message)
    {
        BusLog.Received(_logger, message.Room, message.Username, message.Text);

        // Nobody is here in a room that was never heard of.
        if (_rooms.FindKnown(message.Room) is { } room)
        {
            _delivery.Add(room, message);
        }
    }
}
