using System.Net;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>What a password opens, and how that ends.</summary>
public class SessionTests
{
    private const string Refusal = "44/admin,{\"message\":\"invalid credentials\"}";

    [Theory]
    [EachTransport]
    public async Task A_password_opens_a_session_and_the_session_opens_the_door_again(string transport)
    {
        await using var server = await AdminServer.StartAsync();
        await using var first = await server.AdministerAsync(transport);

        // The UI listens to nothing before it knows that it is in.
        Assert.StartsWith("40/admin,{\"sid\":", await first.Client.ReceiveAsync());
        var session = JsonDocument.Parse((await first.Client.ReceiveAsync())!["42/admin,".Length..]).RootElement;
        Assert.Equal("session", session[0].GetString());
        Assert.Matches("^[0-9a-f]{32}$", session[1].GetString());

        await using var second = await server.AdministerAsync(transport, $"{{\"sessionId\":\"{session[1].GetString()}\"}}");
        Assert.StartsWith("40/admin,{\"sid\":", await second.Client.ReceiveAsync());
    }

    [Fact]
    public async Task Sessions_end()
    {
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(options => options.SessionDuration = TimeSpan.FromMinutes(5), time);
        await using var first = await server.AdministerAsync("polling");
        var session = (await first.ReceiveAsync("session"))[0].GetString();

        time.Advance(TimeSpan.FromMinutes(5));
        await using var second = await server.AdministerAsync("polling", $"{{\"sessionId\":\"{session}\"}}");

        Assert.Equal(Refusal, await second.Client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Who_is_connected_is_disconnected_when_the_session_ends(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(options => (options.SessionDuration, options.Mode) = (TimeSpan.FromHours(1), AdminMode.Production), time);
        await using var admin = await server.AdministerAsync(transport);
        await admin.ReceiveAsync("config", static _ => true, "session");

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Single(server.IO.Of("/admin").Sockets);
        time.Advance(TimeSpan.FromMinutes(1));

        await Eventually.Async("nobody is there", () => server.IO.Of("/admin").Sockets.Count == 0);
    }

    [Theory]
    [EachTransport]
    public async Task Sessions_of_a_name_can_be_ended_and_those_of_others_stay(string transport)
    {
        await using var server = await AdminServer.StartAsync(options => options.Authenticate = static (_, password) => ValueTask.FromResult(password == AdminServer.Password));
        await using var alice = await server.AdministerAsync(transport, Credentials("alice"));
        var session = (await alice.ReceiveAsync("session"))[0].GetString();
        await alice.ReceiveAsync("config");
        await using var bob = await server.AdministerAsync(transport, Credentials("bob"));
        await bob.ReceiveAsync("config", static _ => true, "session");
        var cookie = await server.SignInAsync("alice");

        Assert.Equal(1, server.Admin.EndSessions("alice"));

        await Eventually.Async("she is gone", () => server.IO.Of("/admin").Sockets.Count == 1);
        await using var again = await server.AdministerAsync(transport, $"{{\"sessionId\":\"{session}\"}}");
        Assert.Equal(Refusal, await again.Client.ReceiveAsync());
        using var page = await server.GetAsync("/admin/socketio/", cookie: cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);

        Assert.Equal(1, server.Admin.EndSessions());
        await Eventually.Async("so is he", () => server.IO.Of("/admin").Sockets.Count == 0);

        static string Credentials(string username) => $"{{\"username\":\"{username}\",\"password\":\"{AdminServer.Password}\"}}";
    }

    [Fact]
    public async Task Who_signs_out_is_signed_out_everywhere_and_no_page_of_others_does_it()
    {
        await using var server = await AdminServer.StartAsync();
        await using var elsewhere = await server.AdministerAsync("websocket");
        await elsewhere.ReceiveAsync("config", static _ => true, "session");
        var cookie = await server.SignInAsync();

        foreach (var site in new[] { "cross-site", "same-site" })
        {
            using var foreign = await server.GetAsync("/admin/socketio/sign-out", cookie: cookie, method: HttpMethod.Post, site: site);
            Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        }

        using var stranger = await server.GetAsync("/admin/socketio/sign-out", method: HttpMethod.Post);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Single(server.IO.Of("/admin").Sockets);

        using var signedOut = await server.GetAsync("/admin/socketio/sign-out", cookie: cookie, method: HttpMethod.Post, site: "same-origin");

        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.StartsWith("salon-admin=;", signedOut.Headers.GetValues("Set-Cookie").Single());
        await Eventually.Async("all are gone", () => server.IO.Of("/admin").Sockets.Count == 0);
        using var page = await server.GetAsync("/admin/socketio/", cookie: cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
    }

    [Fact]
    public async Task A_cookie_is_for_the_browser_alone_and_ends_with_the_session()
    {
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(options => options.SessionDuration = TimeSpan.FromMinutes(5), time);
        using var first = await server.GetAsync("/admin/socketio/", "admin", AdminServer.Password);
        var set = first.Headers.GetValues("Set-Cookie").Single();
        var cookie = set.Split(';')[0];

        Assert.Equal(["httponly", "max-age=300", "path=/", "samesite=strict"], set.Split("; ")[1..].Order(StringComparer.Ordinal));
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        using var before = await server.GetAsync("/admin/socketio/", cookie: cookie);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.False(before.Headers.Contains("Set-Cookie"));
        time.Advance(TimeSpan.FromTicks(1));
        using var after = await server.GetAsync("/admin/socketio/", cookie: cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }
}
