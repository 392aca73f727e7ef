using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Salon.App.Hosting.Budgets;
using Salon.App.NativeChat;
using Salon.Http;
using Salon.Tests;

namespace Salon.App.Tests.NativeChat;

/// <summary>Whatever comes to <c>/ws/chat</c> gets a clear answer, and the others go on talking.</summary>
public class NativeBadInputTests
{
    [Theory]
    [InlineData("", "invalid_frame")]
    [InlineData("hello", "invalid_frame")]
    [InlineData("{", "invalid_frame")]
    [InlineData("[]", "invalid_frame")]
    [InlineData("null", "invalid_frame")]
    [InlineData("5", "invalid_frame")]
    [InlineData("{}", "invalid_frame")]
    [InlineData("""{"type":5}""", "invalid_frame")]
    [InlineData("""{"type":"__proto__"}""", "invalid_frame")]
    [InlineData("""{"type":"welcome","name":"x"}""", "invalid_frame")]
    [InlineData("""{"type":"message","id":1,"text":"x"}""", "invalid_frame")]
    [InlineData("""{"type":"message","id":"1","text":["x"]}""", "invalid_frame")]
    [InlineData("""{"type":"message","id":"1","text":"\ud800"}""", "invalid_frame")]
    [InlineData("""{"type":"message","text":"x"}""", "invalid_id")]
    [InlineData("""{"type":"message","id":"","text":"x"}""", "invalid_id")]
    [InlineData("""{"type":"message","id":"12345678901234567890123456789012345678901234567890123456789012345","text":"x"}""", "invalid_id")]
    [InlineData("""{"type":"message","id":"1"}""", "empty")]
    [InlineData("""{"type":"message","id":"1","text":" \n "}""", "empty")]
    [InlineData("""{"type":"join","name":"Bob","session":"0123456789abcdef"}""", "already_joined")]
    public async Task What_is_wrong_is_refused_and_the_connection_lives(string frame, string code)
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await alice.SendAsync(frame);

        Assert.Equal(code, (await alice.ReadAsync("error")).GetProperty("code").GetString());
        await alice.SayAsync("still here");
        await alice.ReadUntilAsync("still here");
    }

    [Theory]
    [InlineData("""{"type":"join"}""", "invalid_name")]
    [InlineData("""{"type":"join","name":" ","session":"0123456789abcdef"}""", "invalid_name")]
    [InlineData("""{"type":"join","name":"a\u202eb","session":"0123456789abcdef"}""", "invalid_name")]
    [InlineData("""{"type":"join","name":"123456789012345678901234567890123","session":"0123456789abcdef"}""", "invalid_name")]
    [InlineData("""{"type":"join","name":"Alice"}""", "invalid_session")]
    [InlineData("""{"type":"join","name":"Alice","session":"short"}""", "invalid_session")]
    [InlineData("""{"type":"message","id":"1","text":"x"}""", "not_joined")]
    public async Task Without_a_proper_name_nobody_comes_in(string frame, string code)
    {
        await using var server = await AppServer.StartAsync();
        await using var client = await NativeClient.ConnectAsync(server.Uri);

        await client.SendAsync(frame);

        Assert.Equal(code, (await client.ReadAsync("error")).GetProperty("code").GetString());
        await client.JoinAsync("Alice");
    }

    [Fact]
    public async Task A_message_has_two_thousand_characters_and_not_one_more()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await alice.SayAsync(new string('€', 2_001), id: "m1");
        var error = await alice.ReadAsync("error");
        await alice.SayAsync(new string('€', 2_000));

        Assert.Equal(("too_long", "m1"), (error.GetProperty("code").GetString(), error.GetProperty("id").GetString()));
        Assert.Equal(2_000, (await alice.ReadAsync("message")).GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_refused_by_its_id()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await alice.SendAsync("""{"type":"message","id":"m1","text":"\ud83d"}""");
        var unreadable = await alice.ReadAsync("error");
        await alice.SayAsync("e" + new string('\u0301', 31), id: "m2");
        var marks = await alice.ReadAsync("error");

        Assert.Equal(("invalid_frame", "m1"), (unreadable.GetProperty("code").GetString(), unreadable.GetProperty("id").GetString()));
        Assert.Equal(("invalid_text", "m2"), (marks.GetProperty("code").GetString(), marks.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_name_that_looks_like_another_is_taken_and_emoji_count_as_one()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Admin");
        await using var other = await NativeClient.ConnectAsync(server.Uri);

        await other.SendAsync(new { type = "join", name = "Аdmin", session = "0123456789abcdef" });
        await alice.SayAsync(string.Concat(Enumerable.Repeat("👍", 2_000)));

        Assert.Equal("name_taken", (await other.ReadAsync("error")).GetProperty("code").GetString());
        Assert.Equal(4_000, (await alice.ReadAsync("message")).GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task A_frame_of_a_megabyte_closes_with_1009_and_the_reason()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await alice.SendAsync(Encoding.UTF8.GetBytes(new string(' ', 1024 * 1024)), WebSocketMessageType.Text);
        await alice.ReadToCloseAsync();

        Assert.Equal((WebSocketCloseStatus.MessageTooBig, "A frame has at most 65536 bytes."), (alice.CloseStatus, alice.CloseReason));
    }

    [Fact]
    public async Task A_message_in_endless_small_pieces_closes_with_1009()
    {
        await using var server = await AppServer.StartAsync();
        using var raw = await RawConnection.UpgradeAsync(server.Uri, "/ws/chat");
        var piece = new string(' ', 4_000);

        await raw.SendFrameAsync(0x01, piece);

        for (var i = 0; i < 20; i++)
        {
            await raw.SendFrameAsync(0x00, piece);
        }

        Assert.Equal(1009, await raw.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Binary_closes_with_1003_and_the_reason()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        await alice.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        await alice.ReadToCloseAsync();

        Assert.Equal((WebSocketCloseStatus.InvalidMessageType, "Frames are JSON text, never binary."), (alice.CloseStatus, alice.CloseReason));
    }

    [Theory]
    [InlineData(0x81, new byte[] { 0x22, 0xff, 0x22 }, 1007)]
    [InlineData(0x81, new byte[] { 0xed, 0xa0, 0x80 }, 1007)]
    [InlineData(0x81, new byte[] { 0xe2, 0x82 }, 1007)]
    [InlineData(0x83, new byte[] { 1 }, 1002)]
    [InlineData(0xf1, new byte[] { 1 }, 1002)]
    public async Task What_is_no_text_and_what_is_no_frame_closes_with_its_code(byte firstByte, byte[] payload, int code)
    {
        await using var server = await AppServer.StartAsync();
        using var raw = await RawConnection.UpgradeAsync(server.Uri, "/ws/chat");

        await raw.SendFrameAsync(firstByte, payload);

        Assert.Equal(code, await raw.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Who_sends_too_fast_is_told_when_to_go_on_and_who_does_not_listen_is_sent_away()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");

        for (var i = 1; i < NativeChatLimits.FrameBurst + 1; i++)
        {
            await alice.SayAsync($"{i}");
        }

        var error = await alice.ReadAsync("error");
        Assert.Equal("rate_limited", error.GetProperty("code").GetString());
        time.Advance(TimeSpan.FromSeconds(error.GetProperty("retryAfter").GetDouble()));
        await alice.SayAsync("later");
        await bob.ReadUntilAsync("later");

        for (var i = 0; i < NativeChatLimits.RefusalBurst + 1; i++)
        {
            await alice.SayAsync($"again {i}");
        }

        await alice.ReadToCloseAsync();
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "Too many frames were refused."), (alice.CloseStatus, alice.CloseReason));
        Assert.Equal("Alice", (await bob.ReadAsync("presence")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_reader_that_never_reads_is_sent_away_with_1013_and_holds_up_nobody()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        using var sleeper = await RawConnection.UpgradeAsync(server.Uri, "/ws/chat");
        await sleeper.SendFrameAsync(0x81, """{"type":"join","name":"Sleeper","session":"0123456789abcdef"}""");
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");
        var isHere = true;

        for (var i = 0; isHere; i++)
        {
            Assert.True(i < 5_000, "Nobody was too slow.");
            await alice.SayAsync(new string('€', 2_000));
            time.Advance(TimeSpan.FromSeconds(0.1));

            // Her own message comes at once, whatever waits for the sleeper; and when the sleeper is given up, she is told.
            var frame = await alice.ReadAnyAsync().Soon();
            isHere = frame?.GetProperty("type").GetString() != "presence" || frame?.GetProperty("here").GetBoolean() == true;
        }

        // What was queued before is still there to be read, and then the reason.
        Assert.Equal(1013, await sleeper.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1.evil.example:{port}", HttpStatusCode.Forbidden)]
    [InlineData("https://{host}", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    public async Task A_page_of_another_origin_is_refused_before_there_is_a_WebSocket(string origin, HttpStatusCode status)
    {
        await using var server = await AppServer.StartAsync();
        using var raw = await RawConnection.ConnectAsync(server.Uri);
        var theirs = origin
            .Replace("{host}", server.Uri.Authority, StringComparison.Ordinal)
            .Replace("{port}", $"{server.Uri.Port}", StringComparison.Ordinal);

        var head = await raw.RequestAsync("GET /ws/chat HTTP/1.1", $"{RawConnection.UpgradeHeaders}Origin: {theirs}\r\nUser-Agent: Mozilla/5.0\r\n");

        Assert.StartsWith($"HTTP/1.1 {(int)status} ", head);
        Assert.Contains("Content-Type: application/problem+json", head);
    }

    [Fact]
    public async Task A_page_of_this_origin_and_a_program_without_one_are_let_in()
    {
        await using var server = await AppServer.StartAsync();
        using var page = await RawConnection.UpgradeAsync(server.Uri, "/ws/chat", $"Origin: http://{server.Uri.Authority}\r\n");
        using var program = await RawConnection.UpgradeAsync(server.Uri, "/ws/chat");

        Assert.StartsWith("""{"type":"hello","version":1,""", Encoding.UTF8.GetString((await page.ReceiveFrameAsync())!.Value.Payload));
        Assert.StartsWith("""{"type":"hello","version":1,""", Encoding.UTF8.GetString((await program.ReceiveFrameAsync())!.Value.Payload));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task What_is_no_WebSocket_is_told_that_it_should_be(string method)
    {
        await using var server = await AppServer.StartAsync();

        using var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/ws/chat"));
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("websocket", response.Headers.Upgrade.ToString());
        Assert.Equal(426, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains("/chat/native", problem.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task When_all_places_are_taken_the_next_is_asked_to_come_later_and_has_the_first_that_is_left()
    {
        await using var server = await AppServer.StartAsync();
        var connections = (NativeConnections)server.Services.GetService(typeof(NativeConnections))!;
        await using var alice = await NativeClient.JoinAsync(server.Uri, "Alice");

        for (var i = 1; i < NativeChatLimits.Connections; i++)
        {
            Assert.Equal(DoorVerdict.Open, connections.TryTakePlace(AddressOf(i), out _));
        }

        using (var raw = await RawConnection.ConnectAsync(server.Uri))
        {
            var head = await raw.RequestAsync("GET /ws/chat HTTP/1.1", RawConnection.UpgradeHeaders);
            Assert.StartsWith("HTTP/1.1 503 ", head);
            Assert.Contains("Retry-After: 5", head);
        }

        await alice.CloseAsync();
        await Eventually.Async("the place is free", () =>
        {
            var isFree = connections.TryTakePlace(AddressOf(0), out _) == DoorVerdict.Open;

            if (isFree)
            {
                connections.LeavePlace(AddressOf(0));
            }

            return isFree;
        });
        await using var bob = await NativeClient.JoinAsync(server.Uri, "Bob");
    }

    /// <summary>One of four addresses, none of which has too many.</summary>
    private static ClientAddress AddressOf(int number) => ClientAddress.Of(new IPAddress([10, 0, 0, (byte)(number % 4)]));
}
