using System.Diagnostics;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>One test file, two servers: what the official client sees of the reference server, it sees of ours.</summary>
public class SupportTests
{
    private static readonly string s_javaScript = Path.Combine(Repository.Root, "tests/Clients.Tests/javascript");

    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("upgrade")]
    public async Task Both_servers_pass_the_same_assertions(string transports)
    {
        await using var server = await SupportServer.StartAsync();
        using var reference = await ReferenceServer.StartAsync(s_javaScript);

        await Task.WhenAll(RunAsync(server.Uri, transports), RunAsync(reference.Uri, transports));
    }

    public static TheoryData<string> Defects =>
    [
        "1: a close packet on a WebSocket is ignored",
        "2: a wrong version is told as HTTP inside a WebSocket",
        "3: a forbidden WebSocket is told as 400, and none is told why it closes",
        "4: a malformed POST is answered ok",
        "5: two CONNECTs in one payload make two sockets",
        "6: what is on its way to a namespace that was left closes the connection",
        "7: what is emitted after a disconnect is sent",
        "8: a question to who has left waits for ever",
        "9: a question to many without a timeout fails after a millisecond",
        "10: a private id lets a second connection in beside the first",
        "13: a WebSocket's handshake sets no cookie",
        "14: io.emitWithAck is documented and missing",
        "16: whoever learns a session's id can use it from any page",
    ];

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task A_defect_of_the_reference_is_there_and_not_here(string defect)
    {
        // Where it recovers connections, the reference does not have the seventh.
        var recovers = !defect.StartsWith("7:", StringComparison.Ordinal);
        await using var server = await SupportServer.StartAsync(recovers);
        using var reference = await ReferenceServer.StartAsync(s_javaScript, recovers);

        await ExternalProgram.RunAsync("node", ["defects.mjs", server.Uri.ToString().TrimEnd('/'), defect], s_javaScript);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ExternalProgram.RunAsync("node", ["defects.mjs", reference.Uri.ToString().TrimEnd('/'), defect], s_javaScript));
        Assert.Contains("ended with 1", failure.Message, StringComparison.Ordinal);
    }

    private static Task RunAsync(Uri server, string transports) =>
        ExternalProgram.RunAsync("node", ["support.mjs", server.ToString().TrimEnd('/'), transports], s_javaScript);

    /// <summary>The reference server under Node.js.</summary>
    private sealed class ReferenceServer : IDisposable
    {
        private const string Listening = "Now listening on: ";

        private readonly Process _process;

        private ReferenceServer(Process process, Uri uri) => (_process, Uri) = (process, uri);

        public Uri Uri { get; }

        public static async Task<ReferenceServer> StartAsync(string directory, bool recovers = true)
        {
            var process = Process.Start(new ProcessStartInfo("node", ["support-server.mjs", recovers ? "recovers" : "forgets"]) { WorkingDirectory = directory, RedirectStandardOutput = true })!;
            var line = await process.StandardOutput.ReadLineAsync().Soon();
            return new ReferenceServer(process, new Uri(line![Listening.Length..]));
        }

        public void Dispose()
        {
            _process.Kill();
            _process.Dispose();
        }
    }
}
