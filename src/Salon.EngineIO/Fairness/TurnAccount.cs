namespace Salon.EngineIO.Fairness;

/// <summary>
/// What one address has sent of late, and what it still has to wait for. The lock protects all fields; nobody who waits is called under it.
/// Thread-safe.
/// </summary>
internal sealed class TurnAccount
{
    // What was not used is kept for so long: a person says three lines at once, and then nothing.
    private const double CreditSeconds = 1;

    // However much was sent at once, nobody waits longer.
    private const double DebtSeconds = 10;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _turn;
    private double _debt;
    private double _rate = double.PositiveInfinity;
    private long _used;
    private int _waiting;
    private bool _isRemoved;

    /// <summary>What was sent since it was settled last.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Counts what was sent.</summary>
    /// <param name="cost">What it costs.</param>
    /// <param name="turn">What to wait for before more is taken; <see langword="null"/> when more may come at once.</param>
    /// <returns><see langword="false"/> when nobody knows this account any more.</returns>
    public bool TryTake(int cost, out Task? turn)
    {
        lock (_gate)
        {
            turn = null;

            if (_isRemoved)
            {
                return false;
            }

            _used += cost;

            if (_debt + _used > 0 && !double.IsPositiveInfinity(_rate))
            {
                _turn ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting++;
                turn = _turn.Task;
            }

            return true;
        }
    }

    /// <summary>Takes off what could be handled meanwhile, and lets those go on who have waited long enough.</summary>
    /// <param name="rate">How much a second is the address's share.</param>
    /// <param name="elapsed">How much time has passed.</param>
    /// <returns>Whether there is nothing to remember.</returns>
    public bool Settle(double rate, TimeSpan elapsed)
    {
        TaskCompletionSource? turn = null;
        bool isIdle;

        lock (_gate)
        {
            // What it had before there was a level is not held against it.
            var before = double.IsPositiveInfinity(_rate) ? -rate * CreditSeconds : _debt;
            _debt = double.IsPositiveInfinity(rate) ? 0 : Math.Clamp(before + _used - (rate * elapsed.TotalSeconds), -rate * CreditSeconds, rate * DebtSeconds);
            isIdle = _used == 0 && (double.IsPositiveInfinity(rate) || _debt <= -rate * CreditSeconds);
            (_rate, _used) = (rate, 0);

            if (_debt <= 0)
            {
                (turn, _turn, _waiting) = (_turn, null, 0);
            }
        }

        turn?.TrySetResult();
        return isIdle;
    }

    /// <summary>Lets everybody go on.</summary>
    public void Release()
    {
        TaskCompletionSource? turn;

        lock (_gate)
        {
            (turn, _turn, _waiting) = (_turn, null, 0);
            (_debt, _rate) = (0, double.PositiveInfinity);
        }

        turn?.TrySetResult();
    }

    /// <summary>Ends the account, unless something was sent or somebody waits.</summary>
    public bool TryRemove()
    {
        lock (_gate)
        {
            _isRemoved = _turn is null && (_used == 0 || double.IsPositiveInfinity(_rate));
            return _isRemoved;
        }
    }
}
