using Salon.App.Hosting.Budgets;
using Salon.SocketIO;

namespace Salon.App.Chat;

/// <summary>
/// What clients of the chat may use, the one owner of it: whoever leaves the namespace and comes back finds the budget as it was left.
/// Thread-safe.
/// </summary>
internal sealed class ChatBudgets(TimeProvider time)
{
    /// <summary>Messages.</summary>
    public ClientBudget Messages { get; } = new(ChatLimits.SessionMessages, ChatLimits.AddressMessages, time);

    /// <summary>Everything else that is asked for.</summary>
    public ClientBudget Requests { get; } = new(ChatLimits.SessionRequests, ChatLimits.AddressRequests, time);

    /// <summary>New rooms, whether they are created or come about by joining.</summary>
    public ClientBudget Rooms { get; } = new(ChatLimits.SessionRooms, ChatLimits.AddressRooms, time);

    /// <summary>Bytes of answers.</summary>
    public ClientBudget Answers { get; } = new(ChatLimits.SessionAnswerBytes, ChatLimits.AddressAnswerBytes, time);

    /// <summary>Bytes that others are sent because of a client: its messages, times those in the room.</summary>
    public ClientBudget FanOut { get; } = new(ChatLimits.SessionFanOutBytes, ChatLimits.AddressFanOutBytes, time);
}

/// <summary>What one client may still use. Who may not is told when to try again.</summary>
internal sealed class ChatAllowance(ChatBudgets budgets, ClientKey client)
{
    // What an event has besides its text: the names of its members, the room's, the writer's.
    private const int EventBytes = 256;

    public bool TryTakeMessage(out TimeSpan retryAfter) => budgets.Messages.TryTake(client, 1, out retryAfter);

    public bool TryTakeRequest(out TimeSpan retryAfter) => budgets.Requests.TryTake(client, 1, out retryAfter);

    /// <summary>For a request whose answer may be large: how large, is known when it is there, and paid by what is asked next.</summary>
    public bool TryTakeAnswer(out TimeSpan retryAfter) => TryTakeRequest(out retryAfter) && budgets.Answers.TryTake(client, 1, out retryAfter);

    /// <exception cref="SocketIOException">There are none left for now.</exception>
    public void TakeRoom() => Take(budgets.Rooms, 1);

    /// <summary>Pays for an answer.</summary>
    public RawJson ToAnswer(byte[] json)
    {
        budgets.Answers.Charge(client, json.Length);
        return new RawJson(json, []);
    }

    /// <summary>For what others are told.</summary>
    /// <exception cref="SocketIOException">There is nothing left for now.</exception>
    public void TakeFanOut(int bytes, int receivers) => Take(budgets.FanOut, (double)(EventBytes + bytes) * receivers);

    private void Take(ClientBudget budget, double amount)
    {
        if (!budget.TryTake(client, amount, out var retryAfter))
        {
            throw ChatErrors.RateLimited(retryAfter);
        }
    }
}
