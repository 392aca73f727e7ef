namespace Salon.App.Lab;

/// <summary>One request or socket of a run, as long as it is open. Thread-safe.</summary>
/// <remarks>
/// What ends it is called under the lock: as soon as it has left, Kestrel gives its objects to another request, which would be ended instead.
/// </remarks>
internal sealed class LabVisit(LabRun run, Action abort) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _isOver;

    public void Abort()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                abort();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        run.Leave(this);
    }
}
