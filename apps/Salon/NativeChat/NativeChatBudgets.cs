using Salon.App.Hosting.Budgets;
using Salon.Http;

namespace Salon.App.NativeChat;

/// <summary>What all connections of an address may use together, however often they come again. Thread-safe.</summary>
internal sealed class NativeChatBudgets(TimeProvider time)
{
    public BudgetTable<ClientAddress> Frames { get; } = new(NativeChatLimits.AddressFrames, time);

    /// <summary>Bytes that others are sent because of it.</summary>
    public BudgetTable<ClientAddress> FanOut { get; } = new(NativeChatLimits.AddressFanOutBytes, time);
}
