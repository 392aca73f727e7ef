using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>WebSocket frames that break RFC 6455 or a limit. Each ends its own connection, with the right status, and nothing else.</summary>
public class BadFrameTests
{
    public static TheoryData<string, byte[], int> Frames => new()
    {
        { "not masked", [0x81, 0x02, (byte)'4', (byte)'a'], 1002 },
        { "an unknown opcode", RawConnection.Frame(0x83, "4a"u8.ToArray()), 1002 },
        { "an unknown control opcode", RawConnection.Frame(0x8b, []), 1002 },
        { "a reserved bit", RawConnection.Frame(0xa1, "4a"u8.ToArray()), 1002 },
        { "a continuation of nothing", RawConnection.Frame(0x80, "4a"u8.ToArray()), 1002 },
        { "a message inside a message", [.. RawConnection.Frame(0x01, "4a"u8.ToArray()), .. RawConnection.Frame(0x81, "4b"u8.ToArray())], 1002 },
        { "a fragmented ping", RawConnection.Frame(0x09, []), 1002 },
        { "a ping of 126 bytes", RawConnection.Frame(0x89, new byte[126]), 1002 },
        { "a ping whose short length takes two bytes", [0x89, 0xfe, 0x00, 0x01, 0, 0, 0, 0, (byte)'x'], 1002 },
        { "a close whose short length takes eight bytes", [0x88, 0xff, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0x03, 0xe8], 1002 },
        { "a close of one byte", RawConnection.Frame(0x88, [3]), 1002 },
        { "a close with the status 0", RawConnection.Frame(0x88, [0x00, 0x00]), 1002 },
        { "a close with the status 1", RawConnection.Frame(0x88, [0x00, 0x01]), 1002 },
        { "a close with the status 999", RawConnection.Frame(0x88, [0x03, 0xe7]), 1002 },
        { "a close with the status 1004", RawConnection.Frame(0x88, [0x03, 0xec]), 1002 },
        { "a close with the status 1005", RawConnection.Frame(0x88, [0x03, 0xed]), 1002 },
        { "a close with the status 1006", RawConnection.Frame(0x88, [0x03, 0xee]), 1002 },
        { "a close with the status 1015", RawConnection.Frame(0x88, [0x03, 0xf7]), 1002 },
        { "a close with the status 1016", RawConnection.Frame(0x88, [0x03, 0xf8]), 1002 },
        { "a close with the status 1100", RawConnection.Frame(0x88, [0x04, 0x4c]), 1002 },
        { "a close with the status 2999", RawConnection.Frame(0x88, [0x0b, 0xb7]), 1002 },
        { "a close with the status 5000", RawConnection.Frame(0x88, [0x13, 0x88]), 1002 },
        { "a close with the status 65535", RawConnection.Frame(0x88, [0xff, 0xff]), 1002 },
        { "a close whose reason is not UTF-8", RawConnection.Frame(0x88, [0x03, 0xe8, 0xc3, 0x28]), 1007 },
        { "a close whose reason ends within a character", RawConnection.Frame(0x88, [0x0b, 0xb8, (byte)'a', 0xe2, 0x82]), 1007 },
        { "a length of 2^63", [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 1002 },
        { "a length of 2^63 - 1", [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4], 1009 },
        { "a length over the limit", [0x82, 0xff, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x41, 1, 2, 3, 4], 1009 },
        { "text that is not UTF-8", RawConnection.Frame(0x81, [(byte)'4', 0xc3, 0x28]), 1007 },
        { "half a surrogate pair", RawConnection.Frame(0x81, [(byte)'4', 0xed, 0xa0, 0x80]), 1007 },
        { "an empty text", RawConnection.Frame(0x81, []), 1002 },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_frame_that_breaks_a_rule_closes_its_connection_with_the_status(string what, byte[] frame, int status)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        await connection.SendAsync(frame);

        Assert.Equal(status, await connection.ReceiveCloseAsync());
        Assert.False(string.IsNullOrEmpty(what));
        await server.WaitForCloseAsync();
        Assert.Empty(server.Received);
        await server.AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task The_same_frame_byte_by_byte_ends_the_same_way(string what, byte[] frame, int status)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        foreach (var next in frame)
        {
            await connection.SendAsync(new[] { next });
        }

        Assert.Equal(status, await connection.ReceiveCloseAsync());
        Assert.False(string.IsNullOrEmpty(what));
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task The_same_frame_to_a_probing_websocket_leaves_polling_alone(string what, byte[] frame, int status)
    {
        await using var server = await EchoServer.StartAsync();
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        await connection.RequestAsync($"GET {EchoServer.Path}?EIO=4&transport=websocket&sid={polling.SessionId} HTTP/1.1", RawConnection.UpgradeHeaders);

        await connection.SendAsync(frame);

        Assert.Equal(status, await connection.ReceiveCloseAsync());
        Assert.False(string.IsNullOrEmpty(what));
        await polling.SendAsync("4still here");
        Assert.Equal("4still here", await polling.ReceiveAsync());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public async Task A_close_is_answered_with_its_status_and_is_no_error(int status)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        await connection.SendFrameAsync(0x88, [(byte)(status >> 8), (byte)status, .. "büe"u8]);

        Assert.Equal(status, await connection.ReceiveCloseAsync());
        Assert.Null(await connection.ReceiveFrameAsync());
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_close_without_a_status_is_answered_without_one()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();

        await connection.SendFrameAsync(0x88, "");

        var close = await connection.ReceiveFrameAsync();
        Assert.Equal((byte)0x88, close!.Value.FirstByte);
        Assert.Empty(close.Value.Payload);
        Assert.Null(await connection.ReceiveFrameAsync());
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Theory]
    [InlineData(0x81, "9 is no packet")]
    [InlineData(0x81, "2 is for servers only")]
    [InlineData(0x83, "no such opcode")]
    [InlineData(0x88, "x")]
    public async Task After_the_close_frame_of_a_failed_websocket_its_connection_ends(byte firstByte, string payload)
    {
        // The clock stands, so that no timeout ends the connection; only Kestrel's own sockets need a second.
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.SendFrameAsync(firstByte, payload);
        Assert.NotNull(await connection.ReceiveCloseAsync());

        var end = connection.ReceiveFrameAsync();

        await Eventually.Async("the connection has ended", () =>
        {
            if (Environment.GetEnvironmentVariable("SALON_TEST_KESTREL") == "stock")
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            return end.IsCompleted;
        });

        Assert.Null(await end);
    }

    [Fact]
    public async Task What_a_client_still_sends_to_a_failed_websocket_does_not_cost_it_the_close_frame()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        await connection.SendFrameAsync(0x83, "no such opcode");
        await connection.SendAsync(new byte[1_000_000]);

        Assert.Equal(1002, await connection.ReceiveCloseAsync());
        Assert.Null(await connection.ReceiveFrameAsync());
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_fragmented_message_with_a_ping_inside_is_one_message()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();

        // The euro sign is cut in two.
        await connection.SendFrameAsync(0x01, [(byte)'4', 0xe2]);
        await connection.SendFrameAsync(0x89, "?");
        await connection.SendFrameAsync(0x00, [0x82]);
        await connection.SendFrameAsync(0x80, [0xac]);

        Assert.Equal((byte)0x8a, (await connection.ReceiveFrameAsync())!.Value.FirstByte);
        Assert.Equal("4€"u8.ToArray(), (await connection.ReceiveFrameAsync())!.Value.Payload);
    }

    [Fact]
    public async Task A_million_fragments_of_one_byte_are_a_message_and_one_more_is_too_big()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();
        var fragments = new MemoryStream();

        fragments.Write(RawConnection.Frame(0x01, "4"u8.ToArray()));

        for (var i = 0; i < 999_998; i++)
        {
            fragments.Write(RawConnection.Frame(0x00, "x"u8.ToArray()));
        }

        await connection.SendAsync(fragments.ToArray());
        await connection.SendFrameAsync(0x80, "y");
        var echo = await connection.ReceiveFrameAsync();
        Assert.Equal(1_000_000, echo!.Value.Payload.Length);

        await connection.SendAsync(fragments.ToArray());
        await connection.SendFrameAsync(0x00, "yy");
        Assert.Equal(1009, await connection.ReceiveCloseAsync());
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_message_of_the_limit_passes_and_one_byte_more_does_not()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxHttpBufferSize = 1000);
        using var connection = await RawConnection.UpgradeAsync(server.Uri);
        await connection.ReceiveFrameAsync();

        await connection.SendFrameAsync(0x82, new byte[1000]);
        Assert.Equal(1000, (await connection.ReceiveFrameAsync())!.Value.Payload.Length);

        await connection.SendFrameAsync(0x82, new byte[1001]);
        Assert.Equal(1009, await connection.ReceiveCloseAsync());
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(4999)]
    public async Task A_close_is_answered_with_its_own_status(int status)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        await connection.SendFrameAsync(0x88, [(byte)(status >> 8), (byte)status]);

        Assert.Equal(status, await connection.ReceiveCloseAsync());
        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_the_middle_of_anything_leaves_nothing_behind()
    {
        await using var server = await EchoServer.StartAsync();
        var message = RawConnection.Frame(0x81, "4hello, here I am"u8.ToArray());

        for (var length = 0; length < message.Length; length++)
        {
            using var connection = await RawConnection.UpgradeAsync(server.Uri);
            await connection.SendAsync(message.AsMemory(0, length));
        }

        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
        Assert.Empty(server.Received);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task Whatever_bytes_come_the_server_answers_the_next()
    {
        await using var server = await EchoServer.StartAsync();
        var random = new Random(20261121);

        for (var round = 0; round < 200; round++)
        {
            using var connection = await RawConnection.UpgradeAsync(server.Uri);
            var garbage = new byte[random.Next(1, 300)];
            random.NextBytes(garbage);

            if (random.Next(2) == 0)
            {
                garbage = RawConnection.Frame((byte)(0x80 | random.Next(3)), garbage);
            }

            await connection.SendAsync(garbage);
        }

        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
        await server.AssertServesAsync();
    }
}
