using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>The official <c>socket.io-client</c> 2.5.0, which speaks Engine.IO v3, under Node.js.</summary>
public class OldJavaScriptTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Scenarios() =>
        from transports in new[] { "polling", "websocket", "upgrade" }
        from scenario in new[]
        {
            "text and binary come back",
            "events keep their order",
            "the server asks and the client answers",
            "both sides know the same id",
            "a namespace takes its query as auth, or refuses it",
            "old and new clients share a room",
            "a lost connection comes back by itself",
            "being sent away ends it",
            "the heartbeat holds a quiet connection",
            "polling becomes a websocket without losing anything",
        }
        select new TheoryDataRow<string, string>(scenario, transports);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_client_of_version_2_gets_what_it_should(string scenario, string transports)
    {
        await using var server = await ScenarioServer.StartAsync(allowsOldClients: true);

        await ExternalProgram.RunAsync(
            "node",
            ["old.mjs", scenario, server.Uri.ToString().TrimEnd('/'), transports],
            Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"));
    }
}
