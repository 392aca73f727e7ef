using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.Samples.Tests;

/// <summary>The samples that are chats, each in Chromium.</summary>
public class ChatTests(BrowserFixture browser)
{
    [Fact]
    public async Task Two_pages_talk_over_bare_WebSockets()
    {
        using var sample = await Sample.StartAsync("WebSocketChat");
        var (alice, bob) = (await browser.OpenAsync(sample.Address), await browser.OpenAsync(sample.Address));

        foreach (var (page, name) in new[] { (alice, "Alice"), (bob, "Bob") })
        {
            await page.GetByText("Connected.").WaitForAsync();
            await page.FillAsync("#name", name);
            await page.FillAsync("#text", $"<b>hello</b> from {name}");
            await page.Keyboard.PressAsync("Enter");
            await alice.GetByText($"{name}: <b>hello</b> from {name}").WaitForAsync();
            await bob.GetByText($"{name}: <b>hello</b> from {name}").WaitForAsync();
        }
    }

    [Theory]
    [InlineData("""{"name":"","text":"x"}""", WebSocketMessageType.Text)]
    [InlineData("""{"name":"x"}""", WebSocketMessageType.Text)]
    [InlineData("nonsense", WebSocketMessageType.Text)]
    [InlineData("""{"name":"x","text":"x"}""", WebSocketMessageType.Binary)]
    public async Task A_wrong_frame_ends_a_bare_WebSocket_with_the_reason(string frame, WebSocketMessageType type)
    {
        using var sample = await Sample.StartAsync("WebSocketChat");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{sample.Address.Authority}/ws"), default).Soon();

        await socket.SendAsync(Encoding.UTF8.GetBytes(frame), type, true, default);
        var read = await socket.ReceiveAsync(new byte[100], default).Soon();

        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation), (read.MessageType, socket.CloseStatus));
    }

    [Fact]
    public async Task A_page_of_another_site_gets_no_bare_WebSocket()
    {
        using var sample = await Sample.StartAsync("WebSocketChat");
        using var raw = await RawConnection.ConnectAsync(sample.Address);

        Assert.StartsWith("HTTP/1.1 403", await raw.RequestAsync("GET /ws HTTP/1.1", RawConnection.UpgradeHeaders + "Origin: http://evil.example\r\n"));
        using var plain = await sample.Http.GetAsync("/ws");
        Assert.Equal((HttpStatusCode.UpgradeRequired, "websocket"), (plain.StatusCode, plain.Headers.Upgrade.ToString()));
    }

    [Fact]
    public async Task Rooms_are_apart_whispers_are_private_and_everybody_sees_who_is_there()
    {
        using var sample = await Sample.StartAsync("SocketIOChat");
        var alice = await EnterAsync(sample, "Alice", "general");
        var bob = await EnterAsync(sample, "Bob", "general");
        var chloe = await EnterAsync(sample, "Chloé", "general");
        var dave = await EnterAsync(sample, "Dave", "dev");
        await alice.Locator("#here").GetByText("Alice, Bob, Chloé", new() { Exact = true }).WaitForAsync();
        Assert.Equal("Dave", await dave.Locator("#here").TextContentAsync());

        await SayAsync(alice, "hello everybody");
        await chloe.GetByText("Alice: hello everybody").WaitForAsync();
        await bob.SelectOptionAsync("#to", "Alice");
        await SayAsync(bob, "between us");
        await alice.GetByText("Bob to Alice: between us").WaitForAsync();
        await bob.SelectOptionAsync("#to", "");
        await SayAsync(bob, "to all again");
        await chloe.GetByText("Bob: to all again").WaitForAsync();
        await SayAsync(dave, "nobody in general hears this");
        await dave.GetByText("Dave: nobody in general hears this").WaitForAsync();

        Assert.Equal(["Alice: hello everybody", "Bob: to all again"], await chloe.Locator("li").AllTextContentsAsync());
        Assert.Equal(["Dave: nobody in general hears this"], await dave.Locator("li").AllTextContentsAsync());

        await bob.CloseAsync();
        await alice.Locator("#here").GetByText("Alice, Chloé", new() { Exact = true }).WaitForAsync();
        var thief = await browser.OpenAsync(sample.Address);
        await thief.FillAsync("[name=name]", "Alice");
        await thief.Keyboard.PressAsync("Enter");
        await thief.GetByText("Somebody else is Alice.").WaitForAsync();
    }

    [Fact]
    public async Task A_whisper_goes_to_who_was_chosen_or_to_nobody_whoever_comes_and_goes_meanwhile()
    {
        using var sample = await Sample.StartAsync("SocketIOChat");
        var alice = await EnterAsync(sample, "Alice", "general");
        var bob = await EnterAsync(sample, "Bob", "general");
        await alice.Locator("#to option[value=Bob]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await alice.SelectOptionAsync("#to", "Bob");
        var chloe = await EnterAsync(sample, "Chloé", "general");
        await alice.Locator("#here").GetByText("Alice, Bob, Chloé", new() { Exact = true }).WaitForAsync();
        await SayAsync(alice, "between us");
        await bob.GetByText("Alice to Bob: between us").WaitForAsync();

        await bob.CloseAsync();
        await alice.Locator("#here").GetByText("Alice, Chloé", new() { Exact = true }).WaitForAsync();
        Assert.Equal("Bob (not here)", await alice.Locator("#to option:checked").TextContentAsync());
        await SayAsync(alice, "still between us");
        await alice.GetByText("Nobody here is Bob.").WaitForAsync();

        await alice.SelectOptionAsync("#to", "");
        await SayAsync(alice, "to all");
        await chloe.GetByText("Alice: to all").WaitForAsync();
        Assert.Equal(["Alice: to all"], await chloe.Locator("li").AllTextContentsAsync());
    }

    [Fact]
    public async Task Three_ports_are_one_chat()
    {
        await using var redis = await RedisServer.StartAsync();
        using var one = await Sample.StartAsync("ChatOverRedis", ("REDIS_URL", redis.Url));
        using var two = await Sample.StartAsync("ChatOverRedis", ("REDIS_URL", redis.Url));
        using var three = await Sample.StartAsync("ChatOverRedis", ("REDIS_URL", redis.Url));
        Sample[] samples = [one, two, three];
        var pages = new List<IPage>();

        foreach (var sample in samples)
        {
            pages.Add(await browser.OpenAsync(sample.Address));
        }

        // Whoever comes is counted with all whom the process knows of, and it knows of the other processes in a moment.
        await Eventually.Async("all are counted", async () =>
        {
            var probe = await browser.OpenAsync(one.Address);
            await Assertions.Expect(probe.Locator("#people")).Not.ToHaveTextAsync("0");
            var counted = await probe.Locator("#people").TextContentAsync();
            await probe.CloseAsync();
            return counted == "4";
        });
        await Assertions.Expect(pages[2].Locator("#people")).ToHaveTextAsync("3");

        foreach (var (page, sample) in pages.Zip(samples))
        {
            await page.FillAsync("#input", $"hello from {sample.Address.Port}");
            await page.Keyboard.PressAsync("Enter");

            foreach (var other in pages)
            {
                await other.GetByText($"{sample.Address.Port}: hello from {sample.Address.Port}").WaitForAsync();
            }
        }

        foreach (var page in pages)
        {
            Assert.Equal(3, await page.Locator("li").CountAsync());
        }
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.FillAsync("#text", text);
        await page.Locator("#text").PressAsync("Enter");
    }

    private async Task<IPage> EnterAsync(Sample sample, string name, string room)
    {
        var page = await browser.OpenAsync(sample.Address);
        await page.FillAsync("[name=name]", name);
        await page.FillAsync("[name=room]", room);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText($"You are in {room}.").WaitForAsync();
        return page;
    }
}
