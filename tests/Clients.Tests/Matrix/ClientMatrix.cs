using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary>Has one client do all checks over each of its transports, and compares what came of it with the table.</summary>
internal static class ClientMatrix
{
    /// <summary>The columns of the table.</summary>
    public static readonly IReadOnlyList<string> Clients =
    [
        .. JavaScriptMatrixTests.Packages.Keys,
        .. PythonMatrixTests.Programs.Keys,
        CSharpMatrixTests.Client,
        PhpMatrixTests.Client,
    ];

    // Clients of several classes run beside each other, and may write the table.
    private static readonly Lock Table = new();

    /// <summary>Runs a program that prints its results, with the address of the server as its last argument.</summary>
    public static Task CheckAsync(string client, string program, IEnumerable<string> arguments) => CheckAsync(
        client,
        async server => ClientResult.Parse(await ExternalProgram.RunAsync(program, [.. arguments, server], Path.Combine(Repository.Root, "tests/Clients.Tests"))));

    /// <summary>Runs a client with the address of the server.</summary>
    public static async Task CheckAsync(string client, Func<string, Task<IReadOnlyList<ClientResult>>> run)
    {
        await using var server = await RestartingServer.StartAsync();

        var running = run(server.Address);
        await server.RestartUntilAsync(running);

        var results = await running;
        ClientResult.RequireAll(results);
        Compare(client, results);
    }

    private static void Compare(string client, IReadOnlyList<ClientResult> results)
    {
        lock (Table)
        {
            var table = ClientTable.Read();
            var documented = table.Column(client);
            table.Set(client, results);

            if (Environment.GetEnvironmentVariable(ClientTable.RewriteVariable) is { Length: > 0 })
            {
                table.Write(Clients);
            }
            else
            {
                Assert.Equal(table.Column(client), documented);
            }
        }
    }
}
