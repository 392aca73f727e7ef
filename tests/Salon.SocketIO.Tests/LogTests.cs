using System.Globalization;
using System.Text;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>What clients write can only be read in the log: it moves no cursor, forges no line, and turns no text around.</summary>
public class LogTests
{
    private const string Nasty = "\u001b[2J\u001b[31mred\r\n2026-01-01 fake line\u0000\u0085\u2028\u202eelbasrever\u2066\u200b\ufeff\u007f";

    [Theory]
    [EachTransport]
    public async Task Whatever_clients_write_every_line_can_only_be_read(string transport)
    {
        var longName = new string('n', 5_000);
        await using var server = await SocketServer.StartAsync(
            io =>
            {
                io.Of("/guarded").Use((Func<Socket, ConnectError?>)(socket => throw new FormatException($"No token: {socket.Handshake.Auth}{Nasty}")));
                io.Of((name, _) => name.StartsWith("/child", StringComparison.Ordinal) ? throw new FormatException($"No child: {name}") : ValueTask.FromResult(false));
                io.OnConnection(socket =>
                {
                    socket.OnAny((name, _) => throw new InvalidOperationException($"No event: {name}"));
                    socket.On(Nasty, (string text) => throw new FormatException($"No number: {text}", new FormatException(text)));
                    socket.On(longName, (string text) => throw new FormatException(text));
                    socket.On("refuse", (string text) => throw new SocketIOException(text, text));
                    socket.On("number", (int number) => socket.EmitAsync("number", number));
                    socket.OnDisconnect(_ => throw new FormatException(Nasty));
                });
            },
            answers: false);
        server.Logs.Expect("failed");

        foreach (var (packet, line) in new[]
        {
            ($"42[{Json(Nasty)},{Json(Nasty)}]", "The handler of \"\\u{1b}[2J"),
            ($"42[{Json(Nasty)},{Json(Nasty)}]", "catch-all listener failed at \"\\u{1b}[2J"),
            ($"42[{Json(longName)},{Json(longName)}]", "more)\" failed"),
            ($"421[\"refuse\",{Json(Nasty)}]", "refused: \\u{1b}[2J"),
            ($"422[\"number\",{Json(Nasty)}]", "Wrong arguments for \"number\""),
            ($"42[{Json("unknown" + Nasty)}]", "catch-all listener failed at \"unknown\\u{1b}"),
            ($"40/child{Nasty.Replace("\r", "", StringComparison.Ordinal)},", "predicate of namespaces failed at /child\\u{1b}"),
            ("40/guarded,{\"token\":" + Json(Nasty) + "}", "A middleware of /guarded failed"),
        })
        {
            await using var client = await server.ConnectAsync(transport);
            await client.SendAsync(packet);
            await Eventually.Async($"the log says {line}", () => Lines(server).Any(entry => entry.Message.Contains(line, StringComparison.Ordinal)));
            await client.SendAsync("41");
        }

        await Eventually.Async("all are gone", () => Lines(server).Any(static entry => entry.Message.Contains("disconnection handler", StringComparison.Ordinal)));

        foreach (var entry in Lines(server))
        {
            AssertReadable(entry.Message);
            Assert.InRange(entry.Message.Length, 1, 2_000);

            foreach (var line in entry.Exception?.ToString().Split(Environment.NewLine) ?? [])
            {
                AssertReadable(line);
                Assert.False(line.StartsWith("2026", StringComparison.Ordinal), line);
            }
        }
    }

    // Those of ASP.NET Core are its own affair here; the app has them safe too.
    private static IEnumerable<LogEntry> Lines(SocketServer server) => server.Logs.Entries.Where(static entry => entry.Category.StartsWith("Salon", StringComparison.Ordinal));

    private static void AssertReadable(string line) => Assert.DoesNotContain(
        line.EnumerateRunes(),
        static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
