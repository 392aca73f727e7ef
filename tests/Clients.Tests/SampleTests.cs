using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>The samples as programs of their own.</summary>
public class SampleTests
{
    [Fact]
    public async Task Two_browsers_see_each_others_messages_in_the_smallest_chat()
    {
        ExternalProgram.Require(ExternalProgram.Chromium, "apt-get install chromium");
        using var sample = Start("ChatMessage", out var address);
        await WaitAsync(address);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExternalProgram.Chromium, Args = ["--no-sandbox"] });
        var (alice, bob) = (await browser.NewPageAsync(), await browser.NewPageAsync());
        await alice.GotoAsync(address.ToString());
        await bob.GotoAsync(address.ToString());

        await alice.FillAsync("input", "hello from Alice");
        await alice.Keyboard.PressAsync("Enter");
        await bob.GetByText("hello from Alice").WaitForAsync();
        await bob.FillAsync("input", "<b>hello</b> from Bob");
        await bob.Keyboard.PressAsync("Enter");
        await alice.GetByText("<b>hello</b> from Bob").WaitForAsync();

        Assert.Equal(2, await alice.Locator("li").CountAsync());
        Assert.Equal(2, await bob.Locator("li").CountAsync());
    }

    [Theory]
    [EachTransport]
    public async Task The_conformance_server_is_what_the_suites_expect(string transport)
    {
        using var sample = Start("Conformance", out var address);
        await WaitAsync(new Uri(address, "/engine.io/?EIO=4&transport=polling"));
        await using var engine = await RawClient.OpenAsync(address, transport);
        await using var socket = await RawClient.OpenAsync(address, transport, "/socket.io/");

        await engine.SendAsync("4hello");
        Assert.Equal("4hello", await engine.ReceiveAsync());
        Assert.EndsWith("\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}", socket.Handshake);

        foreach (var name in new[] { "", "/custom," })
        {
            await socket.SendAsync($"40{name}{{\"token\":\"123\"}}");
            Assert.StartsWith($"40{name}{{\"sid\":", await socket.ReceiveAsync());
            Assert.Equal($"42{name}[\"auth\",{{\"token\":\"123\"}}]", await socket.ReceiveAsync());
            await socket.SendAsync($"42{name}[\"message\",1]", $"42{name}7[\"message-with-ack\",2]");
            Assert.Equal($"42{name}[\"message-back\",1]", await socket.ReceiveAsync());
            Assert.Equal($"43{name}7[2]", await socket.ReceiveAsync());
        }
    }

    private static ServerProcess Start(string name, out Uri address)
    {
        var port = Repository.FindFreePort();
        var directory = Path.Combine(Repository.Root, "samples", name);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

        address = new Uri($"http://localhost:{port}");
        return ServerProcess.Start(
            Path.Combine(directory, "bin", configuration, "net10.0", $"{name}.dll"),
            directory,
            ("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static async Task WaitAsync(Uri address)
    {
        using var http = new HttpClient();

        await Eventually.Async($"{address} answers", async () =>
        {
            try
            {
                using var response = await http.GetAsync(address);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }
}
