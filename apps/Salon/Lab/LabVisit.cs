namespace Salon.App.Lab;

/// <summary>One request or socket of a run, as long as it is open.</summary>
internal sealed class LabVisit(LabRun run, Action abort) : IDisposable
{
    public void Abort() => abort();

    public void Dispose() => run.Leave(this);
}
