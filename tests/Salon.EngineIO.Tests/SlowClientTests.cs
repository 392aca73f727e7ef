using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.EngineIO.Sessions;
using Salon.Supervision;
using Salon.Tests;
using Salon.Timing;

namespace Salon.EngineIO.Tests;

/// <summary>Clients that ask much and read nothing, and messages that are larger than what may wait for a client.</summary>
public class SlowClientTests
{
    [Fact]
    public async Task A_client_that_pings_and_never_reads_has_one_pong_waiting()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        var pings = Enumerable.Repeat(RawConnection.Frame(0x89, []), 100_000).SelectMany(static frame => frame).ToArray();

        for (var i = 0; i < 20; i++)
        {
            await connection.SendAsync(pings);
        }

        var session = Assert.Single(server.Sessions);
        Assert.InRange(session.Queue.Bytes, 0, 1000);
        await connection.SendFrameAsync(0x89, "last");

        while (await connection.ReceiveFrameAsync() is { } frame && Encoding.UTF8.GetString(frame.Payload) != "last")
        {
            Assert.True(frame.FirstByte is 0x81 or 0x8a);
        }

        Assert.True(session.IsOpen);
    }

    [Theory]
    [EachTransport]
    public async Task An_old_client_that_pings_and_never_reads_has_one_pong_waiting(string transport)
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowEIO3 = true);
        await using var client = await OldClient.OpenAsync(server, transport);
        var session = Assert.Single(server.Sessions);

        if (transport == "polling")
        {
            using var response = await client.PostAsync(string.Concat(Enumerable.Repeat("1:2", 100_000)) + "2:2x");
            Assert.Equal(1, session.Queue.Count);
            Assert.Equal("2:3x", await client.PollAsync());
        }
        else
        {
            for (var i = 0; i < 20_000; i++)
            {
                await client.SendAsync("2");
            }

            await client.SendAsync("2last");
            Assert.InRange(session.Queue.Count, 0, 1);

            while (await client.ReceiveAsync() != "3last")
            {
            }
        }
    }

    [Fact]
    public async Task A_client_that_probes_again_and_again_and_never_reads_has_one_answer_waiting()
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket&sid={polling.SessionId} HTTP/1.1", RawConnection.UpgradeHeaders);
        var probes = Enumerable.Repeat(RawConnection.Frame(0x81, "2probe"u8.ToArray()), 100_000).SelectMany(static frame => frame).ToArray();

        await connection.SendAsync(probes);
        await connection.SendFrameAsync(0x81, "5");
        await connection.SendFrameAsync(0x81, "4moved");

        while (await connection.ReceiveFrameAsync() is { } frame && Encoding.UTF8.GetString(frame.Payload) != "4moved")
        {
            Assert.Equal("3probe", Encoding.UTF8.GetString(frame.Payload));
        }

        Assert.Equal(EngineTransport.WebSocket, Assert.Single(server.Sessions).Transport);
    }

    [Fact]
    public async Task A_client_that_has_empty_messages_sent_back_and_never_reads_is_closed_before_they_cost_more_than_the_bound()
    {
        const int Bound = 1_000_000;
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = Bound);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var most = 0L;
        server.Sessions.First().PacketCreated += (session, _) => most = Math.Max(most, session.Queue.Bytes);

        using var response = await client.PostAsync(string.Join('\u001e', Enumerable.Repeat("4", 100_000)));

        Assert.Equal(CloseReason.TooSlow, await server.WaitForCloseAsync());
        Assert.InRange(most, Bound / 2, Bound);
        Assert.InRange(server.Received.Count, 1, 100_000);
    }

    [Theory]
    [EachTransport]
    public async Task A_message_larger_than_the_bound_arrives_and_what_follows_it(string transport)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, transport);
        var session = Assert.Single(server.Sessions);
        var blob = new byte[5_000_000];
        new Random(1).NextBytes(blob);

        // Nobody reads yet.
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(SendResult.Queued, session.TrySend(EngineMessage.CreateText(new string('x', 20_000).Select(static c => (byte)c).ToArray())));
        }

        Assert.Equal(SendResult.Queued, session.TrySend(EngineMessage.CreateBinary(blob)));
        Assert.Equal(SendResult.Queued, session.TrySend(EngineMessage.CreateBinary(blob)));
        Assert.Equal(SendResult.Queued, session.TrySend(EngineMessage.CreateText("after"u8)));

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(20_001, (await client.ReceiveAsync())!.Length);
        }

        var expected = "b" + Convert.ToBase64String(blob);
        Assert.True(expected == await client.ReceiveAsync());
        Assert.True(expected == await client.ReceiveAsync());
        Assert.Equal("4after", await client.ReceiveAsync());
        Assert.Empty(server.Closes);
    }

    [Fact]
    public void Clients_that_were_too_slow_are_told_at_once_and_then_once_a_minute_with_how_many()
    {
        var time = new ManualTimeProvider();
        using var logs = new LogWatcher();
        using var deadlines = new DeadlineScheduler(time, new Guard(NullLogger.Instance));
        var log = new SlowClientLog(logs.CreateLogger("test"), deadlines, maxBytes: 1234);

        log.OnClosed();
        Assert.Contains(": 1 since", Assert.Single(logs.Entries).Message);
        Assert.Equal(LogLevel.Information, logs.Entries.First().Level);
        log.OnClosed();
        log.OnClosed();
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Single(logs.Entries);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(": 2 since", logs.Entries.Last().Message);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, logs.Entries.Count());

        log.OnClosed();
        Assert.Contains(": 1 since", logs.Entries.Last().Message);
        Assert.Equal(3, logs.Entries.Count());
    }

    [Fact]
    public async Task A_client_that_is_closed_as_too_slow_is_told_in_the_log()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxSendQueueBytes = 100_000);
        await using var client = await RawClient.OpenAsync(server.Uri, "polling");
        var session = Assert.Single(server.Sessions);

        while (session.TrySend(EngineMessage.CreateText(new byte[10_000])) == SendResult.Queued)
        {
        }

        await server.WaitForCloseAsync();
        Assert.Single(server.Logs.Entries, static entry => entry.Level == LogLevel.Information && entry.Message.Contains("more slowly", StringComparison.Ordinal));
    }
}
