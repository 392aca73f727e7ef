using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary><c>python-socketio</c>, as Debian has it.</summary>
public class PythonTests
{
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task The_python_client_gets_what_it_should(string transports)
    {
        ExternalProgram.Require("/usr/lib/python3/dist-packages/socketio/__init__.py", "apt-get install python3-socketio python3-requests python3-websocket");
        await using var server = await ScenarioServer.StartAsync();

        await ExternalProgram.RunAsync(
            "/usr/bin/python3",
            ["scenarios.py", server.Uri.ToString().TrimEnd('/'), transports],
            Path.Combine(Repository.Root, "tests/Clients.Tests/python"));
    }
}
