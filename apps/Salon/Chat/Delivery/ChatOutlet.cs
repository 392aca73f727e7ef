using Salon.App.Chat.Cluster;

namespace Salon.App.Chat.Delivery;

/// <summary>Where a message goes once it is stored: to those who are here, to the other nodes, and to other programs.</summary>
internal sealed class ChatOutlet(ChatDelivery delivery, ChatBus? bus = null, PublicFeed? outside = null)
{
    public void Publish(ChatRoom room, ChatMessage message)
    {
        delivery.Add(room, message);
        bus?.Tell(message);
        outside?.Publish(message);
    }
}
