using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Salon.App.Hosting;
using Salon.App.Storage;
using Salon.App.Storage.Sqlite;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// Who reads and writes the file, and what remains of what did not succeed: <see cref="SqliteDatabase"/>, <see cref="SqliteFile"/> and
/// <see cref="DirectoryLock"/>. A file in a directory that is deleted afterwards.
/// </summary>
[Trait("Stage", "fast")]
public sealed class SqliteStateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogWatcher _logs = new();
    private readonly ILoggerFactory _logging;
    private readonly SqliteFile _file;
    private readonly SqliteDatabase _database;

    public SqliteStateTests()
    {
        _logging = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        _file = SqliteFile.Open(_directory.Path);
        _database = new SqliteDatabase(_file, new Availability(_logging.CreateLogger<Availability>()));
    }

    public void Dispose()
    {
        _database.Dispose();
        _file.Dispose();
        _directory.Dispose();
        _logging.Dispose();
        _logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task A_write_that_fails_has_written_nothing_and_the_next_one_writes()
    {
        await AddAsync("before");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _database.WriteAsync<int>(transaction =>
        {
            Add(transaction, "half");
            throw new InvalidTimeZoneException();
        }));
        await AddAsync("after");

        Assert.Equal(["after", "before"], await NamesAsync());
        Assert.Empty(_logs.Entries);
    }

    [Fact]
    public async Task What_SQLite_refuses_is_said_once_and_so_is_that_it_answers_again()
    {
        _logs.Expect("The database fails");
        await AddAsync("one");

        await Assert.ThrowsAsync<StorageException>(() => AddAsync("one"));
        await Assert.ThrowsAsync<StorageException>(() => _database.ReadAsync(static transaction => transaction.Connection!.Execute("SELECT * FROM nothing", transaction: transaction)));
        await Assert.ThrowsAsync<StorageException>(() => _database.ReadAsync(static transaction => transaction.Connection!.Execute("DELETE FROM rooms", transaction: transaction)));
        await AddAsync("two");

        Assert.Equal(["one", "two"], await NamesAsync());
        Assert.Equal([LogLevel.Error, LogLevel.Information], _logs.Entries.Select(static entry => entry.Level));
    }

    [Fact]
    public async Task A_disk_that_is_full_fails_a_write_and_none_that_comes_when_there_is_room()
    {
        _logs.Expect("The database fails");
        await AddAsync("before");

        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<StorageException>(() => _database.WriteAsync(static transaction =>
            {
                transaction.Connection!.Execute("PRAGMA max_page_count = 10", transaction: transaction);
                Add(transaction, new string('x', 1_000_000));
                return 0;
            }));
        }

        await _database.WriteAsync(static transaction => transaction.Connection!.Execute("PRAGMA max_page_count = 1000000", transaction: transaction));
        await AddAsync("after");
        Assert.Equal(["after", "before"], await NamesAsync());
    }

    [Fact]
    public async Task Who_reads_sees_one_moment_and_keeps_nobody_from_writing()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = _database.ReadAsync(transaction =>
        {
            var before = Count(transaction);
            begun.SetResult();
            gate.Wait();
            return (Before: before, After: Count(transaction));
        });
        await begun.Task.Soon();

        try
        {
            await AddAsync("meanwhile").Soon();
            Assert.Equal(1, await _database.ReadAsync(Count).Soon());
        }
        finally
        {
            gate.Set();
        }

        Assert.Equal((0, 0), await reading.Soon());
    }

    [Fact]
    public async Task Writers_come_one_after_the_other_in_their_order_and_none_is_lost()
    {
        await AddAsync("room");

        var heads = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _database.WriteAsync(static transaction =>
            transaction.Connection!.ExecuteScalar<long>("UPDATE rooms SET head = head + 1 RETURNING head", transaction: transaction)))).Soon();

        Assert.Equal(Enumerable.Range(1, 200).Select(static head => (long)head), heads);
    }

    [Fact]
    public async Task At_the_end_what_was_taken_is_done_and_nothing_more_is_taken()
    {
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _database.WriteAsync(transaction =>
        {
            begun.SetResult();
            gate.Wait();
            Add(transaction, "first");
            return 1;
        });
        var second = AddAsync("second");
        await begun.Task.Soon();
        var ending = Task.Run(_database.Dispose);

        try
        {
            await Eventually.Async("nothing more is taken", () => Record.Exception(() => { _ = _database.WriteAsync(static _ => 0); }) is StorageException);
        }
        finally
        {
            gate.Set();
        }

        await ending.Soon();
        _database.Dispose();

        await Task.WhenAll(first, second).Soon();
        await Assert.ThrowsAsync<StorageException>(() => _database.ReadAsync(Count));
        await Assert.ThrowsAsync<StorageException>(() => _database.CheckAsync(default));
        Assert.Equal(TimeSpan.Zero, _database.Lateness);
        using var connection = _file.OpenForReading();
        Assert.Equal(["first", "second"], connection.Query<string>("SELECT name FROM rooms ORDER BY id"));
    }

    [Fact]
    public void A_directory_has_one_owner_at_a_time()
    {
        Assert.Contains("in use", Assert.Throws<SettingsException>(() => SqliteFile.Open(_directory.Path)).Message, StringComparison.Ordinal);
        _file.Dispose();
        _file.Dispose();

        using (SqliteFile.Open(_directory.Path))
        {
            Assert.Throws<SettingsException>(() => DirectoryLock.Take(_directory.Path));
        }

        DirectoryLock.Take(_directory.Path).Dispose();
    }

    [Theory]
    [InlineData("newer")]
    [InlineData("none")]
    public void A_file_that_cannot_be_used_says_why_and_its_directory_is_free_again(string kind)
    {
        using var other = new TemporaryDirectory();
        var path = Path.Combine(other.Path, "salon.db");

        if (kind == "none")
        {
            File.WriteAllText(path, new string('?', 10_000));
        }
        else
        {
            using var connection = new SqliteConnection($"Data Source={path}");
            connection.Execute("PRAGMA user_version = 99");
        }

        for (var i = 0; i < 2; i++)
        {
            var refusal = Assert.Throws<SettingsException>(() => SqliteFile.Open(other.Path));
            Assert.Contains(kind == "none" ? "cannot be opened" : "newer Salon", refusal.Message, StringComparison.Ordinal);
        }

        DirectoryLock.Take(other.Path).Dispose();
    }

    private static void Add(SqliteTransaction transaction, string name) => transaction.Connection!.Execute(
        "INSERT INTO rooms (id, key, name, created_by, created_at) VALUES ((SELECT count(*) + 1 FROM rooms), @name, @name, '', 0)", new { name }, transaction);

    private static int Count(SqliteTransaction transaction) => transaction.Connection!.ExecuteScalar<int>("SELECT count(*) FROM rooms", transaction: transaction);

    private Task AddAsync(string name) => _database.WriteAsync(transaction =>
    {
        Add(transaction, name);
        return 0;
    });

    private Task<List<string>> NamesAsync() => _database.ReadAsync(static transaction => transaction.Connection!.Query<string>("SELECT name FROM rooms ORDER BY name", transaction: transaction).ToList());
}
