using Salon.Http;

namespace Salon.App.Hosting.Budgets;

/// <summary>
/// What clients may use of one thing: so much in each session, and so much from each address, however many sessions it opens. Leaving and
/// coming back changes nothing. Thread-safe.
/// </summary>
internal sealed class ClientBudget(Rate bySession, Rate byAddress, TimeProvider time, int capacity = BudgetTable<string>.DefaultCapacity)
{
    private readonly BudgetTable<string> _sessions = new(bySession, time, capacity);
    private readonly BudgetTable<ClientAddress> _addresses = new(byAddress, time, capacity);

    /// <inheritdoc cref="TokenBucket.TryTake(double, out TimeSpan)"/>
    public bool TryTake(ClientKey client, double amount, out TimeSpan retryAfter)
    {
        if (!_sessions.TryTake(client.Session, amount, out retryAfter))
        {
            return false;
        }

        if (_addresses.TryTake(client.Address, amount, out retryAfter))
        {
            return true;
        }

        // What the address does not allow is not the session's to pay.
        _sessions.Return(client.Session, amount);
        return false;
    }

    /// <inheritdoc cref="TokenBucket.Charge"/>
    public void Charge(ClientKey client, double amount)
    {
        _sessions.Charge(client.Session, amount);
        _addresses.Charge(client.Address, amount);
    }
}

/// <summary>By what budgets know a client.</summary>
/// <param name="Session">The id of its session, which outlives its sockets.</param>
/// <param name="Address">Where it comes from.</param>
internal readonly record struct ClientKey(string Session, ClientAddress Address);
