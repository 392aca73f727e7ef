using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>Every client does the same checks over each of its transports, and <c>docs/protocol/clients.md</c> says what came of it.</summary>
public class ClientMatrixTests
{
    private static readonly IReadOnlyList<string> EachTransport = ["polling", "websocket", "upgrade"];

    /// <summary>The name of the client in the table, the program, its arguments before the server's address.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> Programs = new Dictionary<string, string[]>
    {
        ["JavaScript 1.7.4"] = ["node", "javascript/matrix.mjs", "socket.io-client-1", "1.7.4"],
        ["JavaScript 2.5.0"] = ["node", "javascript/matrix.mjs", "socket.io-client-2", "2.5.0"],
        ["JavaScript 3.1.3"] = ["node", "javascript/matrix.mjs", "socket.io-client-3", "3.1.3"],
        ["JavaScript 4.0.2"] = ["node", "javascript/matrix.mjs", "socket.io-client-4.0", "4.0.2"],
        ["JavaScript 4.8.4"] = ["node", "javascript/matrix.mjs", "socket.io-client", "4.8.4"],
    };

    public static IEnumerable<TheoryDataRow<string>> Clients() => Programs.Keys.Select(client => new TheoryDataRow<string>(client));

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_does_what_the_table_says(string client)
    {
        await using var server = await RestartingServer.StartAsync();
        var program = Programs[client];

        var running = ExternalProgram.RunAsync(program[0], [.. program[1..], server.Address], Path.Combine(Repository.Root, "tests/Clients.Tests"));
        await server.RestartUntilAsync(running);

        var results = ClientResult.ReadAll(await running, EachTransport);
        var table = ClientTable.Read();
        var documented = table.Column(client);
        table.Set(client, results);

        if (Environment.GetEnvironmentVariable(ClientTable.RewriteVariable) is { Length: > 0 })
        {
            table.Write(Programs.Keys);
        }
        else
        {
            Assert.Equal(table.Column(client), documented);
        }
    }

    [Fact]
    public void The_table_has_a_column_for_each_client_and_no_other() => Assert.Equal(Programs.Keys, ClientTable.Read().Clients);
}
