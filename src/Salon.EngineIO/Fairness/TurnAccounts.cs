using System.Collections.Concurrent;
using Salon.Http;

namespace Salon.EngineIO.Fairness;

/// <summary>The accounts of all addresses that have sent something of late. Bounded: further ones share one. Thread-safe.</summary>
internal sealed class TurnAccounts
{
    private const int MaxCount = 100_000;

    private readonly ConcurrentDictionary<ClientAddress, TurnAccount> _accounts = new();
    private readonly TurnAccount _others = new();

    /// <summary>Counts what an address has sent.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cost">What it costs.</param>
    /// <param name="turn">What to wait for before more is taken; <see langword="null"/> when more may come at once.</param>
    /// <returns>
    /// Its account, which may be kept until it takes nothing any more. <see langword="null"/> when it is the shared one: there may be room the next time.
    /// </returns>
    public TurnAccount? Take(ClientAddress address, int cost, out Task? turn)
    {
        while (true)
        {
            var account = GetOrAdd(address);

            if (account.TryTake(cost, out turn))
            {
                return account == _others ? null : account;
            }

            // Removed at this moment.
        }
    }

    /// <summary>How many of an address wait.</summary>
    public int CountWaiting(ClientAddress address) => _accounts.TryGetValue(address, out var account) ? account.Waiting : 0;

    /// <summary>What was sent since it was settled last.</summary>
    public TurnUsage GetUsage()
    {
        var usage = new TurnUsage();

        foreach (var (_, account) in _accounts)
        {
            usage.Add(account.Used);
        }

        usage.Add(_others.Used);
        return usage;
    }

    /// <summary>Takes off what could be handled meanwhile.</summary>
    /// <param name="getRate">How much a second is the share of an address.</param>
    /// <param name="rateOfOthers">The same of those that share an account.</param>
    /// <param name="elapsed">How much time has passed.</param>
    public void Settle(Func<ClientAddress, double> getRate, double rateOfOthers, TimeSpan elapsed)
    {
        foreach (var (address, account) in _accounts)
        {
            if (account.Settle(getRate(address), elapsed))
            {
                ForgetIfIdle(address, account);
            }
        }

        _others.Settle(rateOfOthers, elapsed);
    }

    /// <summary>Lets everybody go on.</summary>
    public void ReleaseAll()
    {
        foreach (var (address, account) in _accounts)
        {
            account.Release();
            ForgetIfIdle(address, account);
        }

        _others.Release();
    }

    private TurnAccount GetOrAdd(ClientAddress address)
    {
        if (_accounts.TryGetValue(address, out var account))
        {
            return account;
        }

        return _accounts.Count >= MaxCount ? _others : _accounts.GetOrAdd(address, static _ => new TurnAccount());
    }

    private void ForgetIfIdle(ClientAddress address, TurnAccount account)
    {
        if (account.TryRemove())
        {
            _accounts.TryRemove(new KeyValuePair<ClientAddress, TurnAccount>(address, account));
        }
    }
}
