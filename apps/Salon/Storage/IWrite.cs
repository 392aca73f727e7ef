using Microsoft.Data.Sqlite;

namespace Salon.App.Storage;

/// <summary>Something that is written in a transaction together with others. Its methods are called one after the other, on the writer's thread.</summary>
internal interface IWrite
{
    /// <summary>Writes. An exception undoes the whole transaction; what is found to be wrong with this write alone is kept for later.</summary>
    void Execute(SqliteConnection connection, SqliteTransaction transaction);

    /// <summary>It is on the disk. Called in the order of writing.</summary>
    void OnCommitted();

    /// <summary>It is not on the disk, and will not be.</summary>
    void OnFailed(Exception exception);
}
