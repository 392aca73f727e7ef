using System.Collections.Concurrent;

namespace Salon.Http;

/// <summary>
/// How many of something each address holds at the moment, and all together. An address is known only as long as it holds something, so the
/// table is never larger than what it counts. Thread-safe.
/// </summary>
/// <param name="maxPerAddress">How many one address may hold.</param>
/// <param name="maxTotal">How many all may hold together.</param>
internal sealed class AddressCounts(int maxPerAddress, int maxTotal)
{
    private readonly ConcurrentDictionary<ClientAddress, int> _counts = new();
    private int _total;

    /// <summary>How many there are.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>How many an address holds.</summary>
    public int Count(ClientAddress address) => _counts.GetValueOrDefault(address);

    /// <summary>Counts one more, or several, unless the address or all together would have more than they may.</summary>
    public AddressVerdict TryAdd(ClientAddress address, int amount = 1)
    {
        if (Interlocked.Add(ref _total, amount) > maxTotal)
        {
            Interlocked.Add(ref _total, -amount);
            return AddressVerdict.TooManyInTotal;
        }

        while (true)
        {
            if (!_counts.TryGetValue(address, out var count))
            {
                if (amount <= maxPerAddress && _counts.TryAdd(address, amount))
                {
                    return AddressVerdict.Counted;
                }

                if (amount <= maxPerAddress)
                {
                    continue;
                }
            }

            if (count > maxPerAddress - amount)
            {
                Interlocked.Add(ref _total, -amount);
                return AddressVerdict.TooManyOfAddress;
            }

            if (_counts.TryUpdate(address, count + amount, count))
            {
                return AddressVerdict.Counted;
            }
        }
    }

    /// <summary>What <see cref="TryAdd"/> would say now; the next moment it may be another thing.</summary>
    public AddressVerdict Look(ClientAddress address)
    {
        if (Total >= maxTotal)
        {
            return AddressVerdict.TooManyInTotal;
        }

        return Count(address) >= maxPerAddress ? AddressVerdict.TooManyOfAddress : AddressVerdict.Counted;
    }

    /// <summary>Takes back what was counted. What was not changes nothing: or there would soon be room for more than all.</summary>
    public void Remove(ClientAddress address, int amount = 1)
    {
        while (_counts.TryGetValue(address, out var count))
        {
            var taken = Math.Min(count, amount);
            var isChanged = count == taken
                ? _counts.TryRemove(new KeyValuePair<ClientAddress, int>(address, count))
                : _counts.TryUpdate(address, count - taken, count);

            if (isChanged)
            {
                Interlocked.Add(ref _total, -taken);
                return;
            }
        }
    }
}

/// <summary>Whether one more may be held.</summary>
internal enum AddressVerdict
{
    Counted,
    TooManyOfAddress,
    TooManyInTotal,
}
