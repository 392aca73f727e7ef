using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What a page of another site learns of a visitor's Salon, in a real browser: nothing.</summary>
public class ForeignPageTests(BrowserFixture browser)
{
    // Each way in which a page can ask another site. "learnt" gets whatever it was told.
    private const string Attack = """
        async salon => {
            const learnt = [];
            const wait = (what, start) => new Promise(done => { start(done); setTimeout(done, 3000); });
            const polling = `${salon}/socket.io/?EIO=4&transport=polling`;
            window.___eio = [text => learnt.push(`JSON-P: ${text}`)];
            window.onerror = text => { if (!/^Script error/.test(text)) learnt.push(`script: ${text}`); };

            const include = (tag, attribute, url) => wait(url, done => {
                const element = document.createElement(tag);
                element.onload = () => { learnt.push(`<${tag}> ${url}`); done(); };
                element.onerror = done;
                element[attribute] = url;
                document.head.append(element);
            });

            const read = (url, options) => fetch(url, { credentials: "include", ...options })
                .then(response => response.text()).then(text => { if (text) learnt.push(`fetch ${url}: ${text}`); }, () => {});

            const listen = (source, url) => wait(url, done => {
                source.onopen = () => learnt.push(`open ${url}`);
                source.onmessage = event => learnt.push(`${url}: ${event.data}`);
                source.onerror = () => { source.close(); done(); };
            });

            const post = url => wait(url, done => {
                const frame = Object.assign(document.createElement("iframe"), { name: "posted" });
                const form = Object.assign(document.createElement("form"), { action: url, method: "POST", target: "posted", enctype: "text/plain" });
                form.append(Object.assign(document.createElement("input"), { name: "40", value: "" }));
                document.body.append(frame, form);
                frame.onload = () => {
                    try { learnt.push(`frame: ${frame.contentDocument.body.textContent}`); } catch { }
                    done();
                };
                form.submit();
            });

            const ws = salon.replace("http", "ws");

            await Promise.all([
                include("script", "src", `${polling}&j=0`),
                include("script", "src", polling),
                include("img", "src", polling),
                include("script", "src", `${salon}/stocks/symbols`),
                include("script", "src", `${salon}/stocks/poll?wait=0`),
                include("script", "src", `${salon}/lab/clock`),
                read(polling), read(polling, { mode: "no-cors" }), read(`${polling}&j=0`),
                read(`${salon}/stocks/symbols`), read(`${salon}/stocks/symbols`, { mode: "no-cors" }),
                read(`${salon}/stocks/poll?wait=0`), read(`${salon}/lab/clock`), read(`${salon}/lab/runs`, { method: "POST", mode: "no-cors" }),
                listen(new EventSource(`${salon}/stocks/stream`, { withCredentials: true }), "/stocks/stream"),
                listen(new WebSocket(`${ws}/socket.io/?EIO=4&transport=websocket`), "/socket.io"),
                listen(new WebSocket(`${ws}/ws/chat`), "/ws/chat"),
                listen(new WebSocket(`${ws}/stocks/ws`), "/stocks/ws"),
                post(polling),
            ]);

            return learnt;
        }
        """;

    [Theory]
    [InlineData("foreign.test")]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_page_of_another_site_learns_nothing(string site)
    {
        await using var salon = await AppServer.StartAsync();
        await using var foreign = await TestServer.StartAsync(static app => app.MapGet("/", () => Results.Content("<!doctype html><title>evil</title><body>", "text/html")));
        await using var context = await (await browser.GetAsync()).NewContextAsync();
        var here = $"http://localhost:{salon.Uri.Port}";
        await context.AddCookiesAsync([new Cookie { Name = "session", Value = "secret", Url = here }]);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"http://{site}:{foreign.Uri.Port}/");
        var learnt = await page.EvaluateAsync<JsonElement>(Attack, here);

        Assert.Equal("[]", learnt.ToString());
        Assert.Equal(0, salon.Services.GetRequiredService<SocketIOServer>().Engine.ClientsCount);
    }

    [Fact]
    public async Task A_page_of_this_site_learns_all_of_it()
    {
        await using var salon = await AppServer.StartAsync();
        var page = await (await browser.GetAsync()).NewPageAsync();
        var here = $"http://localhost:{salon.Uri.Port}";

        // Not a page with scripts of its own, which might not bear these.
        await page.GotoAsync($"{here}/healthz/live");
        var learnt = (await page.EvaluateAsync<JsonElement>(Attack, here)).ToString();
        await page.CloseAsync();

        foreach (var expected in new[] { "polling: 0{", "/stocks/symbols: ", "open /stocks/stream", "open /socket.io", "open /ws/chat", "open /stocks/ws", "/lab/clock: {" })
        {
            Assert.Contains(expected, learnt);
        }

        // It is off, for all.
        Assert.DoesNotContain("JSON-P: ", learnt);
    }

    [Fact]
    public async Task A_site_that_points_its_name_here_is_not_answered()
    {
        await using var salon = await AppServer.StartAsync();
        var page = await (await browser.GetAsync()).NewPageAsync();

        foreach (var path in new[] { "/", "/chat", "/socket.io/?EIO=4&transport=polling", "/stocks/symbols", "/status" })
        {
            var response = await page.GotoAsync($"http://rebound.test:{salon.Uri.Port}{path}");
            Assert.Equal(403, response!.Status);
        }

        var learnt = await page.EvaluateAsync<string[]>(
            "async () => Promise.all(['/socket.io/?EIO=4&transport=polling', '/stocks/symbols', '/lab/clock'].map(async path => (await fetch(path)).status + ''))");
        await page.CloseAsync();

        Assert.All(learnt, static status => Assert.Equal("403", status));
        Assert.Equal(0, salon.Services.GetRequiredService<SocketIOServer>().Engine.ClientsCount);
    }

    [Fact]
    public async Task A_name_that_is_in_allowed_hosts_is_answered()
    {
        await using var salon = await AppServer.StartAsync(settings: ["--ALLOWED_HOSTS", "salon.test, *.chat.example"]);
        var page = await (await browser.GetAsync()).NewPageAsync();

        Assert.Equal(200, (await page.GotoAsync($"http://salon.test:{salon.Uri.Port}/chat"))!.Status);
        Assert.Equal(403, (await page.GotoAsync($"http://other.test:{salon.Uri.Port}/chat"))!.Status);
        await page.CloseAsync();
    }
}
