namespace Salon.App.Storage;

/// <summary>The database that the app runs on, for those who only want to know whether it is there. Thread-safe.</summary>
internal interface IDatabase
{
    /// <summary>Asks the database something that it can answer only when it could also store something.</summary>
    /// <exception cref="StorageException">It does not answer.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>How long what is asked now has to wait, or the last has waited, before it is begun.</summary>
    TimeSpan Lateness => TimeSpan.Zero;
}
