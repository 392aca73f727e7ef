using Salon.App.Chat.Delivery;

namespace Salon.App.Chat;

/// <summary>What a connection to the chat works with.</summary>
internal sealed record ChatServices(RoomDirectory Rooms, ChatLog Log, ChatHistory History, Presence Presence, ChatDelivery Delivery, ChatBudgets Budgets);
