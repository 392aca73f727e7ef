using System.Net;
using System.Net.WebSockets;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>One text in several pages of Chromium, each with Yjs and its own provider.</summary>
public class CollabTextTests(BrowserFixture browser)
{
    [Fact]
    public async Task Two_pages_write_one_text_at_once_and_a_third_finds_it()
    {
        using var sample = await Sample.StartAsync("CollabText");
        var (alice, bob) = (await OpenAsync(sample), await OpenAsync(sample));

        await alice.PressSequentiallyAsync("The end.");
        await Expect(bob, "The end.");
        await bob.PressAsync("Home");
        await Task.WhenAll(alice.PressSequentiallyAsync(" Really."), bob.PressSequentiallyAsync("Once upon a time. "));
        const string Whole = "Once upon a time. The end. Really.";

        await Expect(alice, Whole);
        await Expect(bob, Whole);
        await Expect(await OpenAsync(sample), Whole);
    }

    [Fact]
    public async Task After_a_restart_the_server_has_the_text_from_the_pages_and_what_was_written_meanwhile()
    {
        var port = $"{Repository.FindFreePort()}";
        using var first = await Sample.StartAsync("CollabText", ("PORT", port));
        var (alice, bob) = (await OpenAsync(first), await OpenAsync(first));
        await alice.PressSequentiallyAsync("one");
        await Expect(bob, "one");

        await first.KillAsync();
        await alice.PressSequentiallyAsync(" two");
        using var second = await Sample.StartAsync("CollabText", ("PORT", port));

        await Expect(bob, "one two");
        await Expect(await OpenAsync(second), "one two");
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 7 })]
    [InlineData(new byte[] { 0, 9, 1 })]
    public async Task What_is_no_frame_of_Yjs_ends_the_connection(byte[] frame)
    {
        using var sample = await Sample.StartAsync("CollabText");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{sample.Address.Authority}/yjs"), default).Soon();

        await socket.SendAsync(frame, WebSocketMessageType.Binary, true, default);
        var first = await socket.ReceiveAsync(new byte[100], default).Soon();
        var second = await socket.ReceiveAsync(new byte[100], default).Soon();

        Assert.Equal((4, WebSocketMessageType.Close), (first.Count, second.MessageType));
    }

    [Fact]
    public async Task A_full_text_refuses_what_is_new_keeps_what_it_had_and_still_takes_what_it_knows()
    {
        using var sample = await Sample.StartAsync("CollabText");
        var (first, second, small) = (Update(1, 700_000), Update(2, 700_000), Update(3, 1_000));

        Assert.True(await IsTakenAsync(sample, first));
        Assert.False(await IsTakenAsync(sample, second));
        Assert.False(await IsTakenAsync(sample, second));
        Assert.True(await IsTakenAsync(sample, first));
        Assert.True(await IsTakenAsync(sample, small));

        // All that somebody gets who comes: the two that fitted, and the end of the list.
        using var socket = await ConnectAsync(sample);
        await socket.SendAsync(new byte[] { 0, 0 }, WebSocketMessageType.Binary, true, default);
        var frames = new[] { await ReadAsync(socket), await ReadAsync(socket), await ReadAsync(socket) };
        Assert.Equal([5, 1_000, 700_000], frames.Select(static frame => frame.Length).Order());
    }

    [Fact]
    public async Task Who_asks_without_a_WebSocket_is_told_to_upgrade()
    {
        using var sample = await Sample.StartAsync("CollabText");
        using var answer = await sample.Http.GetAsync("/yjs");

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("websocket", answer.Headers.Upgrade.ToString());
    }

    private static byte[] Update(byte content, int length) => [0, 2, .. Enumerable.Repeat(content, length - 2)];

    /// <summary>Sends an update and then a question, which is answered only when the update did not end the connection.</summary>
    private static async Task<bool> IsTakenAsync(Sample sample, byte[] update)
    {
        using var socket = await ConnectAsync(sample);
        await socket.SendAsync(update, WebSocketMessageType.Binary, true, default);
        await socket.SendAsync(new byte[] { 1, 42 }, WebSocketMessageType.Binary, true, default);

        while (await ReadAsync(socket) is { Length: > 0 } frame)
        {
            if (frame is [1, 42])
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<ClientWebSocket> ConnectAsync(Sample sample)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{sample.Address.Authority}/yjs"), default).Soon();
        Assert.Equal([0, 0, 1, 0], await ReadAsync(socket));
        return socket;
    }

    /// <summary>A whole frame; nothing of the one that closes.</summary>
    private static async Task<byte[]> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1024 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult read;

        do
        {
            read = await socket.ReceiveAsync(buffer.AsMemory(length), default).AsTask().Soon();
            length += read.Count;
        }
        while (!read.EndOfMessage);

        return buffer[..length];
    }

    private static Task Expect(ILocator text, string value) =>
        Eventually.Async($"the text is {value}", async () => await text.InputValueAsync() == value);

    private async Task<ILocator> OpenAsync(Sample sample)
    {
        var page = await browser.OpenAsync(sample.Address);
        await page.GetByText("Connected.").WaitForAsync();
        return page.Locator("#text");
    }
}
