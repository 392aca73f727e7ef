using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary><c>python-socketio</c> of three Debians, its blocking client and that of asyncio.</summary>
public class PythonMatrixTests
{
    /// <summary>The Debian of each column, its version, and which of its two clients.</summary>
    public static readonly IReadOnlyDictionary<string, (string Debian, string Version, string Flavour)> Programs = new Dictionary<string, (string, string, string)>
    {
        ["Python 5.7.2"] = ("bookworm", "5.7.2", "sync"),
        ["Python 5.7.2, asyncio"] = ("bookworm", "5.7.2", "async"),
        ["Python 5.12.1"] = ("trixie", "5.12.1", "sync"),
        ["Python 5.12.1, asyncio"] = ("trixie", "5.12.1", "async"),
        ["Python, newest"] = ("sid", "*", "sync"),
        ["Python, newest, asyncio"] = ("sid", "*", "async"),
    };

    public static IEnumerable<TheoryDataRow<string>> Clients() => Programs.Keys.Select(client => new TheoryDataRow<string>(client));

    [Theory]
    [MemberData(nameof(Clients))]
    public Task A_client_does_what_the_table_says(string client)
    {
        var (debian, version, flavour) = Programs[client];
        var packages = PythonSocketIO.Find(debian, "requests", "websocket", "aiohttp");
        var folder = packages.Length > 0 ? packages : PythonSocketIO.Installed;
        Assert.SkipUnless(Directory.EnumerateFileSystemEntries(folder, $"python_socketio-{version}.*-info").Any(), $"{folder} has another version than {version}.");
        return ClientMatrix.CheckAsync(client, "/usr/bin/python3", ["python/matrix.py", packages, flavour]);
    }
}
