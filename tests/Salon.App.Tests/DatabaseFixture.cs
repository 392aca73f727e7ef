using Salon.App.Tests;
using Salon.Tests;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]

namespace Salon.App.Tests;

/// <summary>Makes databases for tests, and has one PostgreSQL for all of them. Started by the first that needs it.</summary>
public sealed class DatabaseFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private PostgresServer? _postgres;

    /// <summary>PostgreSQL; the test is skipped, or in CI fails, where there is none. A test that stops it starts one of its own.</summary>
    public async Task<PostgresServer> GetPostgresAsync()
    {
        await _gate.WaitAsync();

        try
        {
            return _postgres ??= await PostgresServer.StartAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <param name="kind"><c>sqlite</c> or <c>postgres</c>.</param>
    internal async Task<TestStorage> CreateAsync(string kind) => kind switch
    {
        "sqlite" => new TestStorage(),
        "postgres" => new TestStorage(await (await GetPostgresAsync()).CreateDatabaseAsync()),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _gate.Dispose();
    }
}
