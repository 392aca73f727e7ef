using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The official admin UI, served by the app, in Chromium.</summary>
public class AdminPageTests(BrowserFixture browser)
{
    private const string Password = "correct horse";
    private const int Sockets = 200;

    [Fact]
    public async Task Two_hundred_sockets_are_shown_and_can_be_moved_and_sent_away()
    {
        await using var server = await AppServer.StartAsync(settings: ["--ADMIN_PASSWORD", Password, "--ADMIN_MODE", "development"]);
        var io = server.Services.GetRequiredService<SocketIO.SocketIOServer>();
        var clients = await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => ConnectAsync(server)));
        await using var context = await (await browser.GetAsync()).NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1280, Height = 800 },
            HttpCredentials = new() { Username = "admin", Password = Password },
        });
        var page = await context.NewPageAsync();
        var errors = new List<string>();
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : []);
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync($"{server.Uri}admin/socketio/");
        await SignInAsync(page);

        // One more than those is the administrator.
        await page.GetByText($"{Sockets + 1}").First.WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Sockets" }).ClickAsync();
        var rows = page.Locator("tbody tr");
        await page.GetByText($"1-20 of {Sockets}").WaitForAsync();
        var id = (await rows.First.Locator("td").First.InnerTextAsync()).Trim();
        await rows.First.ClickAsync();

        var join = page.Locator("form", new() { Has = page.Locator(".select-room") });
        await join.Locator("input[type=text]").FillAsync("the room");
        await join.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Cell, new() { Name = "the room" }).First.WaitForAsync();
        await Eventually.Async("the socket has joined", () => io.Sockets.Sockets[id].Rooms.Contains("the room"));

        await page.GetByRole(AriaRole.Link, new() { Name = "Sockets" }).First.ClickAsync();
        await rows.Filter(new() { HasText = id }).GetByRole(AriaRole.Button).ClickAsync();
        await Eventually.Async("the socket is gone", () => io.Sockets.Sockets.Count == Sockets - 1);

        // The click went through to the row, whose details are shown now.
        await page.GetByRole(AriaRole.Link, new() { Name = "Sockets" }).First.ClickAsync();
        await page.GetByText($"1-20 of {Sockets - 1}").WaitForAsync();

        Assert.Empty(errors);

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_signs_out_is_asked_for_the_password_again()
    {
        await using var server = await AppServer.StartAsync(settings: ["--ADMIN_PASSWORD", Password]);
        var admins = server.Services.GetRequiredService<SocketIO.SocketIOServer>().Of("/admin");
        await using var context = await (await browser.GetAsync()).NewContextAsync(new() { HttpCredentials = new() { Username = "admin", Password = Password } });
        var page = await context.NewPageAsync();
        var complaints = new PageComplaints(server.Uri, page);
        await page.GotoAsync($"{server.Uri}admin/socketio/");
        await page.Locator("form input[type=password]").WaitForAsync();
        var signOut = page.Locator("#sign-out");
        Assert.False(await signOut.IsVisibleAsync());
        await SignInAsync(page);
        var first = admins.Sockets.Keys.ToHashSet();
        await page.ReloadAsync();

        // One that polled stays until the server misses it.
        await Eventually.Async("the page has come back by its session", () => admins.Sockets.Keys.Any(id => !first.Contains(id)));
        complaints.AssertNone();

        // Elsewhere the same administrator is connected, too.
        await using var elsewhere = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await elsewhere.SendAsync($"40/admin,{{\"username\":\"admin\",\"password\":\"{Password}\"}}");
        Assert.StartsWith("40/admin,{", await elsewhere.ReceiveAsync());
        await signOut.ClickAsync();

        await page.Locator("form input[type=password]").WaitForAsync();
        await elsewhere.WaitUntilClosedAsync();
        await Eventually.Async("nobody is left", () => admins.Sockets.Count == 0);
    }

    [Fact]
    public async Task Without_a_password_there_is_no_admin()
    {
        await using var server = await AppServer.StartAsync();
        using var page = await server.Http.GetAsync("/admin/socketio/");
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await client.SendAsync("40/admin,{}");

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("44/admin,{\"message\":\"Invalid namespace\"}", await client.ReceiveAsync());
    }

    private static async Task SignInAsync(IPage page)
    {
        var form = page.Locator("form");
        await Assertions.Expect(form.Locator("input").First).ToHaveValueAsync(new Uri(page.Url).GetLeftPart(UriPartial.Authority));
        await form.Locator("input").Nth(1).FillAsync("admin");
        await form.Locator("input[type=password]").FillAsync(Password);
        await form.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();
        await form.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    private static async Task<RawClient> ConnectAsync(AppServer server)
    {
        var client = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReceiveAsync());
        return client;
    }
}
