namespace Salon.Clients.Tests.Matrix;

/// <summary><c>socket.io-client</c>, a version of each protocol and the newest.</summary>
public class JavaScriptMatrixTests
{
    /// <summary>The package of each column, and its version.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Packages = new Dictionary<string, string[]>
    {
        ["JavaScript 1.7.4"] = ["socket.io-client-1", "1.7.4"],
        ["JavaScript 2.5.0"] = ["socket.io-client-2", "2.5.0"],
        ["JavaScript 3.1.3"] = ["socket.io-client-3", "3.1.3"],
        ["JavaScript 4.0.2"] = ["socket.io-client-4.0", "4.0.2"],
        ["JavaScript 4.8.4"] = ["socket.io-client", "4.8.4"],
    };

    public static IEnumerable<TheoryDataRow<string>> Clients() => Packages.Keys.Select(client => new TheoryDataRow<string>(client));

    [Theory]
    [MemberData(nameof(Clients))]
    public Task A_client_does_what_the_table_says(string client) => ClientMatrix.CheckAsync(client, "node", ["javascript/matrix.mjs", .. Packages[client]]);
}
