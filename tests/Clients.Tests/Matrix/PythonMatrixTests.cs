using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary><c>python-socketio</c> of three Debians, its blocking client and that of asyncio.</summary>
public class PythonMatrixTests
{
    /// <summary>The Debian of each column, and which of its two clients.</summary>
    public static readonly IReadOnlyDictionary<string, (string Debian, string Flavour)> Programs = new Dictionary<string, (string, string)>
    {
        ["Python 5.7.2"] = ("bookworm", "sync"),
        ["Python 5.7.2, asyncio"] = ("bookworm", "async"),
        ["Python 5.12.1"] = ("trixie", "sync"),
        ["Python 5.12.1, asyncio"] = ("trixie", "async"),
        ["Python, newest"] = ("sid", "sync"),
        ["Python, newest, asyncio"] = ("sid", "async"),
    };

    public static IEnumerable<TheoryDataRow<string>> Clients() => Programs.Keys.Select(client => new TheoryDataRow<string>(client));

    [Theory]
    [MemberData(nameof(Clients))]
    public Task A_client_does_what_the_table_says(string client)
    {
        var (debian, flavour) = Programs[client];
        var packages = PythonSocketIO.Find(debian, "requests", "websocket", "aiohttp");
        return ClientMatrix.CheckAsync(client, "/usr/bin/python3", ["python/matrix.py", packages, flavour]);
    }
}
