using System.Net;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Admin.Tests;

/// <summary>How many passwords may be tried, and by whom.</summary>
public class TryTests
{
    private const string Refusal = "44/admin,{\"message\":\"invalid credentials\"}";

    [Fact]
    public async Task Guessing_is_slow()
    {
        await using var server = await AdminServer.StartAsync();

        for (var i = 0; i < 20; i++)
        {
            await using var wrong = await server.AdministerAsync("polling", $"{{\"username\":\"admin\",\"password\":\"wrong {i}\"}}");
            Assert.Equal(Refusal, await wrong.Client.ReceiveAsync());
        }

        await using var right = await server.AdministerAsync("polling");
        Assert.Equal(Refusal, await right.Client.ReceiveAsync());
    }

    [Fact]
    public async Task The_tries_of_others_at_the_same_address_do_not_lock_out_a_browser_that_an_administrator_has_used()
    {
        await using var server = await AdminServer.StartAsync();
        var cookie = await server.SignInAsync();

        for (var i = 0; i < 25; i++)
        {
            using var wrong = await server.GetAsync("/admin/socketio/", "admin", $"wrong {i}");
            Assert.Equal(i < 20 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, wrong.StatusCode);
            Assert.Equal(i < 20 ? null : TimeSpan.FromSeconds(3), wrong.Headers.RetryAfter?.Delta);
        }

        using var page = await server.GetAsync("/admin/socketio/", cookie: cookie);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        // The page's own connection shows the password, beside the cookie.
        Assert.StartsWith("40/admin,{\"sid\":", await AdministerAsync(server, cookie));
        Assert.Equal(Refusal, await AdministerAsync(server, cookie: null));
        Assert.Equal(Refusal, await AdministerAsync(server, cookie[..^2] + (cookie.EndsWith("AA", StringComparison.Ordinal) ? "BA" : "AA")));
    }

    [Fact]
    public async Task A_slow_check_of_others_does_not_hold_up_the_right_password()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        await using var server = await AdminServer.StartAsync(options =>
        {
            var usual = options.Authenticate!;
            options.Authenticate = async (username, password) =>
            {
                if (username == "slow")
                {
                    Interlocked.Increment(ref asked);
                    await released.Task;
                }

                return await usual(username, password);
            };
        });
        var slow = Enumerable.Range(0, 10).Select(i => server.GetAsync("/admin/socketio/", "slow", $"wrong {i}")).ToArray();
        await Eventually.Async("all are being checked", () => Volatile.Read(ref asked) == slow.Length);

        using var right = await server.GetAsync("/admin/socketio/", "admin", AdminServer.Password).Soon();

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        released.SetResult();

        foreach (var response in await Task.WhenAll(slow).Soon())
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            response.Dispose();
        }
    }

    [Fact]
    public async Task Guesses_in_parallel_are_no_more_than_guesses_one_by_one()
    {
        var asked = 0;
        var time = new ManualTimeProvider();
        await using var server = await AdminServer.StartAsync(
            options => options.Authenticate = async (_, _) =>
            {
                Interlocked.Increment(ref asked);
                await Task.Yield();
                return false;
            },
            time);

        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 60).Select(i => server.GetAsync("/admin/socketio/", "admin", $"wrong {i}"))).Soon())
        {
            response.Dispose();
        }

        Assert.Equal(20, asked);
        time.Advance(TimeSpan.FromSeconds(9));

        foreach (var response in await Task.WhenAll(Enumerable.Range(0, 10).Select(i => server.GetAsync("/admin/socketio/", "admin", $"wrong again {i}"))).Soon())
        {
            response.Dispose();
        }

        Assert.Equal(23, asked);
    }

    [Fact]
    public async Task Who_knows_the_password_may_use_it_as_often_as_it_takes()
    {
        await using var server = await AdminServer.StartAsync();

        for (var i = 0; i < 50; i++)
        {
            using var response = await server.GetAsync("/admin/socketio/js/prefill.js", "admin", AdminServer.Password);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    /// <summary>Connects by polling, as a browser does that sends its cookies.</summary>
    /// <returns>The first packets of the namespace.</returns>
    private static async Task<string> AdministerAsync(AdminServer server, string? cookie)
    {
        using var handler = new SocketsHttpHandler { UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = server.Uri };

        if (cookie is not null)
        {
            http.DefaultRequestHeaders.Add("Cookie", cookie);
        }

        var handshake = await http.GetStringAsync("/socket.io/?EIO=4&transport=polling");
        var url = $"/socket.io/?EIO=4&transport=polling&sid={JsonDocument.Parse(handshake[1..]).RootElement.GetProperty("sid").GetString()}";
        using var post = await http.PostAsync(url, new StringContent($"40/admin,{{\"username\":\"admin\",\"password\":\"{AdminServer.Password}\"}}"));
        return await http.GetStringAsync(url);
    }
}
