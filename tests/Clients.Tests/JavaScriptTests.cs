using Salon.SocketIO.MessagePack;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>The official <c>socket.io-client</c> 4.8.4, under Node.js.</summary>
public class JavaScriptTests
{
    public static IEnumerable<TheoryDataRow<string, string, string>> Scenarios() =>
        from form in new[] { "standard", "msgpack" }
        from transports in new[] { "polling", "websocket", "upgrade" }
        from scenario in new[]
        {
            "text and binary come back",
            "events without acks keep their order",
            "the server asks and the client answers",
            "errors have a code",
            "namespaces share a connection and know their auth",
            "rooms reach their members",
            "a lost connection comes back by itself",
            "being sent away ends it",
            "the heartbeat holds a quiet connection",
            "polling becomes a websocket without losing anything",
            "volatile and timed events do what they say",
            "a lost connection is recovered with what was missed",
            "what is sent again is handled once",
            "what is sent again after a recovered connection is handled once",
        }
        select new TheoryDataRow<string, string, string>(scenario, transports, form);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_official_client_gets_what_it_should(string scenario, string transports, string form)
    {
        await using var server = await ScenarioServer.StartAsync(
            recovers: scenario.Contains("recovered", StringComparison.Ordinal),
            parser: form == "msgpack" ? MessagePackParser.Instance : null);

        await ExternalProgram.RunAsync(
            "node",
            ["scenarios.mjs", scenario, server.Uri.ToString().TrimEnd('/'), transports, form],
            Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"));
    }
}
