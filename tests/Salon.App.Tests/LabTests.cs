using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Salon.App.Lab;
using Salon.App.Lab.Delivery;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The lab's messages over each technique, and what a cut network, loss and a restart do to them.</summary>
public class LabTests
{
    private static readonly object Fast = new { rate = 100 };

    [Fact]
    public async Task Polling_gets_every_message_once()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, Fast);
        var numbers = new List<long>();
        var first = await run.PollAsync().Soon();
        var cursor = first!.Cursor;

        await Eventually.Async("fifty messages have come", async () =>
        {
            if (await run.PollAsync(cursor) is { } polled)
            {
                cursor = polled.Cursor;
                numbers.AddRange(polled.Numbers);
            }

            return numbers.Count >= 50;
        });

        Assert.Empty(first.Numbers);
        AssertConsecutive(numbers);
    }

    [Fact]
    public async Task A_long_poll_waits_for_the_next_message_and_a_short_one_does_not()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 1 });
        var cursor = (await run.PollAsync().Soon())!.Cursor;

        var polled = await run.PollAsync(cursor, wait: 25).Soon();

        Assert.Single(polled!.Numbers);
        Assert.Null(polled.Reset);
        await Eventually.Async("a poll that does not wait finds nothing new", async () =>
        {
            var next = await run.PollAsync(polled.Cursor);
            polled = next ?? polled;
            return next is null;
        });
    }

    [Fact]
    public async Task A_stream_goes_on_where_it_was_and_tells_what_was_missed()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, Fast);

        var first = await run.StreamAsync(10);
        await Eventually.Async("there is more", async () => (await run.ReportAsync()).GetProperty("head").GetInt64() > first.Numbers[^1] + 20);
        var second = await run.StreamAsync(30, first.LastId);

        AssertConsecutive([.. first.Numbers, .. second.Numbers]);
        Assert.Null(second.Reset);
    }

    [Fact]
    public async Task A_websocket_gets_every_message_once_while_it_is_open()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 100, payload = 1_000 });
        using var socket = await run.OpenWebSocketAsync();
        var messages = new List<JsonElement>();

        while (messages.Count < 50)
        {
            messages.Add((await LabClient.ReceiveAsync(socket))!.Value);
        }

        AssertConsecutive([.. messages.Select(NumberOf)]);
        Assert.All(messages, static message => Assert.Equal(1_000, message.GetProperty("pad").GetString()!.Length));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", default).Soon();
    }

    [Theory]
    [InlineData("polling", "p")]
    [InlineData("websocket", "w")]
    public async Task Socket_IO_gets_every_message_once(string transport, string letter)
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, Fast);
        await using var client = await LabSocket.OpenAsync(server, transport, run.Id, letter);
        var numbers = new List<long>();

        while (numbers.Count < 50)
        {
            numbers.Add(NumberOf(await client.ReceiveAsync().Soon()));
        }

        AssertConsecutive(numbers);
        var cost = (await run.ReportAsync()).GetProperty("techniques").GetProperty($"socketio-{transport}");
        Assert.True(cost.GetProperty("delivered").GetInt64() >= 50);
        Assert.True(cost.GetProperty("requests").GetInt64() >= 1);
    }

    [Fact]
    public async Task A_cut_breaks_every_connection_refuses_new_ones_and_loses_nothing_for_who_has_a_cursor()
    {
        // The network is cut for as long as this clock says, however slow the machine is.
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        using var run = await LabClient.BeginAsync(server, Fast);
        var messages = server.Services.GetRequiredService<LabRuns>().Find(run.Id).Messages;
        using var socket = await run.OpenWebSocketAsync();
        await using var io = await LabSocket.OpenAsync(server, "websocket", run.Id, "w");
        using var stream = await run.OpenStreamAsync();
        var cursor = (await run.PollAsync().Soon())!.Cursor;
        var heard = LabClient.ReceiveAsync(socket);
        await TellUntilAsync(Task.WhenAll(heard, io.ReceiveAsync(), stream.ReadAsync(1)));
        var before = NumberOf((await heard)!.Value);

        await run.PostAsync("cut", new { seconds = 1 });

        while (await LabClient.ReceiveAsync(socket) is { } message)
        {
            before = NumberOf(message);
        }

        await stream.ReadAsync(int.MaxValue);
        await io.EndAsync().Soon();
        await Assert.ThrowsAsync<HttpRequestException>(() => run.PollAsync(cursor)).Soon();
        await TellAsync(100);
        Assert.Equal("open", (await run.ReportAsync()).GetProperty("phase").GetString());

        var polled = (await run.PollAsync(cursor).Soon())!;
        var again = await run.StreamAsync(20, stream.LastId);
        using var second = await run.OpenWebSocketAsync();
        heard = LabClient.ReceiveAsync(second);
        await TellUntilAsync(heard);
        var after = NumberOf((await heard)!.Value);

        AssertConsecutive([.. stream.Numbers, .. again.Numbers]);
        AssertConsecutive(polled.Numbers);
        Assert.True(polled.Numbers.Count > 100);
        Assert.True(after > before + 100, $"{before} … {after}: what came meanwhile is lost to who has no cursor");

        Task TellUntilAsync(Task received) => Eventually.Async("they have got a message", async () =>
        {
            await TellAsync(1);
            return received.IsCompleted;
        });

        async Task TellAsync(int count)
        {
            for (var head = messages.Current.Head; count > 0; head++, count--)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Eventually.Async("the next message is made", () => messages.Current.Head > head);
            }
        }
    }

    [Fact]
    public async Task A_restart_forgets_everything_and_says_so()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, Fast);
        var first = await run.StreamAsync(10);
        var epoch = (await run.ReportAsync()).GetProperty("epoch").GetString();

        await run.PostAsync("restart");
        await Eventually.Async("the run is back", async () => (await run.ReportAsync()) is var report
            && report.GetProperty("phase").GetString() == "open" && report.GetProperty("head").GetInt64() > 3);
        var second = await run.StreamAsync(5, first.LastId);
        var polled = await run.PollAsync(first.LastId!).Soon();

        Assert.NotEqual(epoch, (await run.ReportAsync()).GetProperty("epoch").GetString());
        Assert.Equal("epoch", second.Reset);
        Assert.Equal([1, 2, 3, 4, 5], second.Numbers);
        Assert.Equal("epoch", polled!.Reset);
        Assert.Equal(1, polled.Numbers[0]);
    }

    [Fact]
    public async Task Loss_breaks_each_technique_at_the_same_message_and_a_cursor_gets_over_it()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 100, loss = 50 });
        var received = await ReceiveUntilBrokenAsync(run);
        var streamed = await StreamUntilBrokenAsync(run);
        var again = await run.StreamAsync(1, streamed.LastId);
        var next = await ReceiveUntilBrokenAsync(run);

        AssertBrokenAtLoss(received);
        AssertBrokenAtLoss(streamed.Numbers);
        AssertBrokenAtLoss(next);
        Assert.Equal(streamed.Numbers[^1] + 1, again.Numbers[0]);
        Assert.True(next[0] > received[^1] + 1, "what broke the connection is lost to who has no cursor");
    }

    [Fact]
    public async Task The_delay_is_that_of_a_way_and_a_request_takes_two()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 20, delay = 200 });
        var begun = DateTime.UtcNow;

        using var socket = await run.OpenWebSocketAsync();
        var opened = DateTime.UtcNow - begun;
        var message = (await LabClient.ReceiveAsync(socket))!.Value;
        var late = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds - message.GetProperty("time").GetDouble();

        // How much later still is the machine's affair.
        Assert.InRange(opened.TotalMilliseconds, 395, 30_000);
        Assert.InRange(late, 195, 30_000);
    }

    [Fact]
    public async Task Who_says_something_on_the_websocket_is_told_that_the_lab_only_speaks()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        using var socket = await run.OpenWebSocketAsync();

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);

        while (await LabClient.ReceiveAsync(socket) is not null)
        {
        }

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        Assert.Equal("The lab only speaks.", socket.CloseStatusDescription);
    }

    /// <summary>Reads over WebSockets until one breaks that had got something. One may break before it is open.</summary>
    private static async Task<List<long>> ReceiveUntilBrokenAsync(LabClient run)
    {
        var numbers = new List<long>();

        while (numbers.Count == 0)
        {
            try
            {
                using var socket = await run.OpenWebSocketAsync();

                while (await LabClient.ReceiveAsync(socket) is { } message)
                {
                    numbers.Add(NumberOf(message));
                }
            }
            catch (WebSocketException)
            {
                // The first message was the one that is lost.
            }
        }

        return numbers;
    }

    /// <summary>Reads streams until one breaks that had got something. One may break before its headers have come.</summary>
    private static async Task<LabStream> StreamUntilBrokenAsync(LabClient run)
    {
        while (true)
        {
            try
            {
                var stream = await run.StreamAsync(int.MaxValue);

                if (stream.Numbers.Count > 0)
                {
                    return stream;
                }
            }
            catch (HttpRequestException)
            {
                // The first message was the one that is lost.
            }
        }
    }

    private static void AssertBrokenAtLoss(IReadOnlyList<long> numbers)
    {
        var expected = numbers[0];

        while (!LabLoss.Hits(expected, 50))
        {
            expected++;
        }

        AssertConsecutive(numbers);

        // What was sent in the same moment may have gone down with the connection.
        Assert.InRange(numbers[^1], expected - 4, expected - 1);
    }

    private static void AssertConsecutive(IReadOnlyList<long> numbers) =>
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => numbers[0] + i), numbers);

    private static long NumberOf(JsonElement message) => message.GetProperty("seq").GetInt64();
}
