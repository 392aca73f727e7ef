using Salon.Http;

namespace Salon.App.Hosting.Budgets;

/// <summary>
/// Who may open another connection to something: so many are open at a time of each address and of all, and so many are opened by an address
/// in a while. Thread-safe.
/// </summary>
/// <param name="maxPerAddress">How many one address may have open.</param>
/// <param name="maxTotal">How many all may have open.</param>
/// <param name="openings">How many one address may open.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressDoor(int maxPerAddress, int maxTotal, Rate openings, TimeProvider time)
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(5);

    private readonly AddressCounts _open = new(maxPerAddress, maxTotal);
    private readonly BudgetTable<ClientAddress> _openings = new(openings, time);

    /// <summary>How many are open.</summary>
    public int Count => _open.Total;

    /// <summary>Lets one in, until it leaves.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="retryAfter">When it makes sense to try again.</param>
    public DoorVerdict TryEnter(ClientAddress address, out TimeSpan retryAfter)
    {
        if (!_openings.TryTake(address, 1, out retryAfter))
        {
            return DoorVerdict.TooManyOfAddress;
        }

        var verdict = _open.TryAdd(address);
        retryAfter = verdict == AddressVerdict.Counted ? TimeSpan.Zero : FullRetry;

        return verdict switch
        {
            AddressVerdict.Counted => DoorVerdict.Open,
            AddressVerdict.TooManyOfAddress => DoorVerdict.TooManyOfAddress,
            _ => DoorVerdict.Full,
        };
    }

    public void Leave(ClientAddress address) => _open.Remove(address);
}

/// <summary>Whether one more may come in.</summary>
internal enum DoorVerdict
{
    Open,

    /// <summary>Its address has too many, or opens them too fast.</summary>
    TooManyOfAddress,

    /// <summary>There are too many of all addresses.</summary>
    Full,
}
