namespace Salon.Tests;

/// <summary>
/// A PostgreSQL of the tests' own, with its data in a temporary directory and a free port, which can be stopped and started again. It does
/// not touch one that the machine may run besides. Thread-safe but for stopping and starting.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql";
    private const string Install = "apt-get install postgresql";
    private const string Username = "salon";

    private readonly string _programs;
    private readonly string _directory;
    private int _lastDatabase;

    private PostgresServer(string programs, string directory)
    {
        _programs = programs;
        _directory = directory;
    }

    /// <summary>What the user of its addresses has for a password; percent-encoded in an address.</summary>
    public static string Password => "se:cr@t/1";

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; } = Repository.FindFreePort();

    private string Data => Path.Combine(_directory, "data");

    /// <summary>Makes a server and starts it. The test is skipped, or in CI fails, where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var programs = FindPrograms();
        ExternalProgram.Require(Path.Combine(programs, "initdb"), Install);

        var server = new PostgresServer(programs, Directory.CreateTempSubdirectory("salon-postgres-").FullName);
        await server.InitializeAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Makes an empty database.</summary>
    /// <param name="encoding">Its encoding.</param>
    /// <returns>Its address, in the form of <c>DATABASE_URL</c>.</returns>
    public async Task<string> CreateDatabaseAsync(string encoding = "UTF8")
    {
        var name = $"test{Interlocked.Increment(ref _lastDatabase)}";
        await RunAsync("createdb", "--host", _directory, "--port", $"{Port}", "--username", Username, "--template", "template0", "--encoding", encoding, name);
        return AddressOf(name);
    }

    /// <summary>The address of a database, whether there is one or not.</summary>
    public string AddressOf(string database) => $"postgres://{Username}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{database}";

    /// <summary>Runs SQL.</summary>
    /// <param name="address">The address of the database.</param>
    /// <param name="sql">What to run.</param>
    public Task ExecuteAsync(string address, string sql) => RunAsync(
        "psql", "--host", _directory, "--port", $"{Port}", "--username", Username, "--dbname", new Uri(address).AbsolutePath[1..], "--quiet", "--command", sql);

    /// <summary>Starts it again, with everything that it held.</summary>
    public Task StartAgainAsync() => RunAsync(
        "pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Path.Combine(_directory, "log"), "--options",
        $"-p {Port} -k {_directory} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200");

    /// <summary>Stops it and ends the connections, as an administrator does.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "stop", "--wait", "--pgdata", Data, "--mode", "fast");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await RunAsync("pg_ctl", "stop", "--wait", "--pgdata", Data, "--mode", "immediate");
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static string FindPrograms() =>
        (Directory.Exists(Programs) ? Directory.GetDirectories(Programs) : [])
            .OrderByDescending(static version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(static version => Path.Combine(version, "bin"))
            .FirstOrDefault(Programs);

    private async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root; its package has brought a user along.
            await ExternalProgram.RunAsync("chown", ["postgres", _directory], _directory);
        }

        // From this machine's sockets everybody is let in; over TCP, as Salon comes, a password is needed.
        var password = Path.Combine(_directory, "password");
        await File.WriteAllTextAsync(password, Password);
        await RunAsync(
            "initdb", "--pgdata", Data, "--username", Username, "--pwfile", password, "--auth-local", "trust", "--auth-host", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--no-sync");
    }

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);

        return Environment.IsPrivilegedProcess
            ? ExternalProgram.RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments], _directory)
            : ExternalProgram.RunAsync(path, arguments, _directory);
    }
}
