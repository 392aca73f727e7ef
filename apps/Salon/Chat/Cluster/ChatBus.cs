using Salon.App.Chat.Delivery;
using Salon.SocketIO;
using Salon.SocketIO.Clustering;

namespace Salon.App.Chat.Cluster;

/// <summary>
/// What the nodes of a cluster tell each other of messages: as they are stored, so that none has to ask the database. It may be lost, or
/// come twice; <see cref="ChatDelivery"/> sees to the rest. Thread-safe.
/// </summary>
internal sealed class ChatBus : IDisposable
{
    private const string Stored = "chat:stored";

    private readonly Namespace _chat;
    private readonly bool _hasOthers;
    private readonly IDisposable _listening;

    public ChatBus(SocketIOServer io, RoomDirectory rooms, ChatDelivery delivery, IClusterMembers? members = null)
    {
        _chat = io.Of(ChatFeed.NamespaceName);
        _hasOthers = members is not null;
        _listening = _chat.Servers.On(Stored, arguments =>
        {
            // Nobody is here in a room that was never heard of.
            if (arguments.Count > 0 && arguments.Get<ChatMessage>(0) is { } message && rooms.FindKnown(message.Room) is { } room)
            {
                delivery.Add(room, message);
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Tells the other nodes, if there can be any.</summary>
    public void Tell(ChatMessage message)
    {
        if (_hasOthers)
        {
            _ = _chat.Servers.EmitAsync(Stored, message);
        }
    }

    public void Dispose() => _listening.Dispose();
}
