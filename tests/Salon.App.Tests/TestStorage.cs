namespace Salon.App.Tests;

/// <summary>Where an app of the tests keeps what it stores: a directory that is deleted afterwards, and a PostgreSQL if one is given.</summary>
internal sealed class TestStorage(string? databaseUrl = null) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>The directory.</summary>
    public string Directory => _directory.Path;

    /// <summary>What leads an app to it.</summary>
    public (string Name, string Value)[] Settings =>
        databaseUrl is null ? [("DATA_DIR", Directory)] : [("DATA_DIR", Directory), ("DATABASE_URL", databaseUrl)];

    public void Dispose() => _directory.Dispose();
}
