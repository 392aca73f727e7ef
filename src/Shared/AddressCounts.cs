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

    /// <summary>Counts one more, unless the address or all together have as many as they may.</summary>
    public AddressVerdict TryAdd(ClientAddress address)
    {
        if (Interlocked.Increment(ref _total) > maxTotal)
        {
            Interlocked.Decrement(ref _total);
            return AddressVerdict.TooManyInTotal;
        }

        while (true)
        {
            if (!_counts.TryGetValue(address, out var count))
            {
                if (maxPerAddress > 0 && _counts.TryAdd(address, 1))
                {
                    return AddressVerdict.Counted;
                }

                if (maxPerAddress > 0)
                {
                    continue;
                }
            }

            if (count >= maxPerAddress)
            {
                Interlocked.Decrement(ref _total);
                return AddressVerdict.TooManyOfAddress;
            }

            if (_counts.TryUpdate(address, count + 1, count))
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

    /// <summary>Takes one back that was counted. One that was not changes nothing: or there would soon be room for more than all.</summary>
    public void Remove(ClientAddress address)
    {
        while (_counts.TryGetValue(address, out var count))
        {
            var isChanged = count == 1
                ? _counts.TryRemove(new KeyValuePair<ClientAddress, int>(address, 1))
                : _counts.TryUpdate(address, count - 1, count);

            if (isChanged)
            {
                Interlocked.Decrement(ref _total);
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
