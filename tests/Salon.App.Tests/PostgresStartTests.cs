using Salon.App.Hosting;
using Salon.App.Storage.Postgres;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What is wrong with the database is said in one line, before anything starts.</summary>
public class PostgresStartTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Many_nodes_that_start_at_once_make_the_tables_once()
    {
        var postgres = await databases.GetPostgresAsync();
        var settings = PostgresSettings.Parse(await postgres.CreateDatabaseAsync());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgresStart.Prepare(settings)))).Soon();
    }

    [Fact]
    public async Task A_password_that_is_wrong_ends_the_start_with_one_line_that_does_not_repeat_it()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = (await postgres.CreateDatabaseAsync()).Replace(Uri.EscapeDataString(PostgresServer.Password), "mistaken", StringComparison.Ordinal);

        using var app = AppProcess.Start(("DATABASE_URL", url));

        Assert.Equal(1, await app.ExitAsync());
        var line = Assert.Single(app.Errors);
        Assert.StartsWith("Salon cannot start. DATABASE_URL: PostgreSQL at 127.0.0.1:", line);
        Assert.Contains("password authentication failed", line);
        Assert.DoesNotContain("mistaken", line);
        Assert.Empty(app.Output);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named()
    {
        var postgres = await databases.GetPostgresAsync();

        Assert.Contains("database \"nowhere\" does not exist", Fail(postgres.AddressOf("nowhere")));
    }

    [Fact]
    public void A_server_that_does_not_answer_is_named()
    {
        var port = Repository.FindFreePort();

        Assert.Equal(
            $"DATABASE_URL: PostgreSQL at 127.0.0.1:{port}/salon cannot be reached: Connection refused.",
            Fail($"postgres://salon:secret@127.0.0.1:{port}/salon"));
    }

    [Fact]
    public void A_host_that_nobody_knows_is_named() =>
        Assert.StartsWith("DATABASE_URL: PostgreSQL at nowhere.invalid:5432/salon cannot be reached: ", Fail("postgres://salon:secret@nowhere.invalid/salon"));

    [Fact]
    public async Task A_database_that_cannot_hold_every_text_is_refused()
    {
        var postgres = await databases.GetPostgresAsync();

        Assert.Equal(
            "DATABASE_URL leads to a database with the encoding LATIN1; Salon needs UTF8.",
            Fail(await postgres.CreateDatabaseAsync("LATIN1")));
    }

    [Fact]
    public async Task The_data_of_a_newer_Salon_are_left_alone()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        PostgresStart.Prepare(PostgresSettings.Parse(url));
        await postgres.ExecuteAsync(url, "INSERT INTO salon_schema (version) VALUES (1000)");

        Assert.Contains("newer Salon (version 1000 of the tables", Fail(url));
    }

    [Fact]
    public async Task A_user_who_may_not_make_tables_is_told_so()
    {
        var postgres = await databases.GetPostgresAsync();
        var url = await postgres.CreateDatabaseAsync();
        await postgres.ExecuteAsync(url, "CREATE ROLE guest LOGIN PASSWORD 'guest'");

        Assert.Contains("permission denied for schema public", Fail($"postgres://guest:guest@127.0.0.1:{postgres.Port}{new Uri(url).AbsolutePath}"));
    }

    private static string Fail(string url)
    {
        var message = Assert.Throws<SettingsException>(() => PostgresStart.Prepare(PostgresSettings.Parse(url))).Message;

        Assert.DoesNotContain('\n', message);
        return message;
    }
}
