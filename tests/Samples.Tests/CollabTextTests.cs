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

    private static Task Expect(ILocator text, string value) =>
        Eventually.Async($"the text is {value}", async () => await text.InputValueAsync() == value);

    private async Task<ILocator> OpenAsync(Sample sample)
    {
        var page = await browser.OpenAsync(sample.Address);
        await page.GetByText("Connected.").WaitForAsync();
        return page.Locator("#text");
    }
}
