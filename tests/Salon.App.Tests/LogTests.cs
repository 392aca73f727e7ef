using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Salon.App.Tests.NativeChat;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>Every line that the program logs, its own and those of ASP.NET Core, can only be read: whatever strangers write, and wherever.</summary>
public class LogTests
{
    private const string Nasty = "\u001b[2J\u001b[31mred\n2026-01-01 forged\u0000\u0085\u2028\u202eelbasrever\u2066\u200b\u007f";

    // As the chat takes it: a message may have several lines, and people write in both directions.
    private const string Said = "one\n2026-01-01 forged\u202etwo\u2028three";

    [Fact]
    public async Task Whatever_strangers_write_every_line_of_the_log_can_only_be_read()
    {
        await using var redis = await RedisServer.StartAsync();
        string[] everything = ["Default", "Microsoft", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime"];
        await using var server = await AppServer.StartAsync(
            settings: ["--REDIS_URL", redis.Url, "--LOG_BUS", "on", .. everything.SelectMany(static category => new[] { $"--Logging:LogLevel:{category}", "Trace" })]);

        await SayOverTheBusAsync(server);
        await AskTheChatAsync(server);
        await AskTheNativeChatAsync(server);
        await SendRawAsync(server, "GET /chat/%1b%5b31m%0d%0aforged?x=%1b%5b31m%0d%0a HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \u202eagent\u2028\r\nReferer: http://\u202e/\r\n");
        await SendRawAsync(server, "GET /socket.io/?EIO=4&transport=%1b%5b31m HTTP/1.1\r\nHost: localhost\r\nOrigin: http://\u202elive.example\r\n");
        await SendRawAsync(server, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: \u202elive.example\r\n");
        await SendRawAsync(server, "GET /\u001b[31m HTTP/1.1\r\nHost: localhost\r\n");
        await SendRawAsync(server, "\u001b[31m / HTTP/1.1\r\nHost: localhost\r\n");
        await Eventually.Async("what was said is in the log", () => server.Logs.Entries.Any(static entry => entry.Message.Contains("[Local → Redis] [general] Alice: one\\u{a}2026-01-01 forged\\u{202e}two\\u{2028}three", StringComparison.Ordinal)));

        var entries = server.Logs.Entries.ToList();
        Assert.Contains(entries, static entry => entry.Category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal));

        foreach (var entry in entries)
        {
            foreach (var line in entry.Message.Split('\n').Concat(entry.Exception?.ToString().Split(Environment.NewLine) ?? []))
            {
                Assert.False(line.StartsWith("2026-01-01 forged", StringComparison.Ordinal), entry.ToString());
                Assert.DoesNotContain(line.TrimEnd('\r').EnumerateRunes(), static rune => rune.Value != '\t' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator);
            }
        }
    }

    private static async Task SayOverTheBusAsync(AppServer server)
    {
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("general");
        await alice.SayAsync("general", Said);
    }

    private static async Task AskTheChatAsync(AppServer server)
    {
        await ChatClient.TryConnectAsync(server, "polling", JsonSerializer.Serialize(new { username = Nasty }));
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await client.SendAsync("40/chat,{\"username\":\"Mallory\"}");
        await client.ReceiveAsync();

        foreach (var arguments in new object[][]
        {
            [Nasty, Nasty],
            ["room:join", new { room = Nasty }],
            ["room:join", Nasty],
            ["message:send", new { room = Nasty, text = Nasty, clientMsgId = Nasty }],
            ["typing", Nasty],
        })
        {
            await client.SendAsync($"42/chat,1{JsonSerializer.Serialize(arguments)}");
            Assert.StartsWith("43/chat,1", await client.ReceiveAsync());
        }

        await client.SendAsync($"40/{Nasty.Replace('\u0000', '0')},");
        await client.ReceiveAsync();
        await client.SendAsync($"4{Nasty}");
        await client.WaitUntilClosedAsync();
    }

    private static async Task AskTheNativeChatAsync(AppServer server)
    {
        await using var client = await NativeClient.ConnectAsync(server.Uri);
        await client.SendAsync(new { type = Nasty });
        await client.SendAsync(new { type = "join", name = Nasty, session = Nasty });
        await client.SendAsync(Nasty);
    }

    private static async Task SendRawAsync(AppServer server, string head)
    {
        using var socket = new TcpClient("127.0.0.1", server.Uri.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}Connection: close\r\n\r\n"));
        Assert.NotEqual(0, await stream.ReadAsync(new byte[1024]).AsTask().Soon());
    }
}
