namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>How many bytes may be on their way; whoever wants more waits, in order. Thread-safe.</summary>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(TaskCompletionSource Granted, int Bytes)> _waiting = new();
    private long _used;

    /// <summary>Waits until there is room. What is more than the limit itself never is.</summary>
    public async Task AcquireAsync(int bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource granted;

        lock (_gate)
        {
            if (_waiting.Count == 0 && _used + bytes <= limit)
            {
                _used += bytes;
                return;
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((granted, bytes));
        }

        await using (cancellationToken.UnsafeRegister(static (granted, token) => ((TaskCompletionSource)granted!).TrySetCanceled(token), granted))
        {
            try
            {
                await granted.Task;
            }
            catch (OperationCanceledException)
            {
                // Those behind it may have waited for nobody else; no release may come that would let them pass.
                lock (_gate)
                {
                    GrantNext();
                }

                throw;
            }
        }
    }

    public void Release(int bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            GrantNext();
        }
    }

    private void GrantNext()
    {
        while (_waiting.TryPeek(out var next) && (next.Granted.Task.IsCanceled || _used + next.Bytes <= limit))
        {
            _waiting.Dequeue();

            // One that has given up takes nothing, and did so before or does so never.
            _used += next.Granted.TrySetResult() ? next.Bytes : 0;
        }
    }
}
