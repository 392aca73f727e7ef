using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Salon.App.Lab;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What the lab says to requests that make no sense: a problem document with a code.</summary>
public class LabBadInputTests
{
    [Theory]
    [InlineData("""{"rate":0}""", "invalid_rate")]
    [InlineData("""{"rate":101}""", "invalid_rate")]
    [InlineData("""{"payload":-1}""", "invalid_payload")]
    [InlineData("""{"payload":16385}""", "invalid_payload")]
    [InlineData("""{"rate":100,"payload":16384}""", "invalid_payload")]
    [InlineData("""{"delay":1001}""", "invalid_delay")]
    [InlineData("""{"loss":101}""", "invalid_loss")]
    [InlineData("""{"rate":"fast"}""", "invalid_json")]
    [InlineData("""{"rate":1.5}""", "invalid_json")]
    [InlineData("""[1]""", "invalid_json")]
    [InlineData("null", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("\0", "invalid_json")]
    public async Task Settings_that_cannot_be_are_refused(string body, string code)
    {
        await using var server = await AppServer.StartAsync();

        using var response = await server.Http.PostAsync("/lab/runs", new StringContent(body)).Soon();

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var server = await AppServer.StartAsync();

        using var response = await server.Http.PostAsync("/lab/runs", new StringContent(new string(' ', 5_000))).Soon();

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/poll")]
    [InlineData("GET", "/stream")]
    [InlineData("GET", "/ws")]
    [InlineData("POST", "/cut")]
    [InlineData("POST", "/processor")]
    [InlineData("POST", "/webhook")]
    public async Task A_run_that_there_is_not_is_not_found(string method, string path)
    {
        await using var server = await AppServer.StartAsync();

        using var response = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/lab/runs/nobody{path}")).Soon();

        await AssertProblemAsync(response, HttpStatusCode.NotFound, "unknown_run");
    }

    [Theory]
    [InlineData("poll?wait=26", 400, "invalid_wait")]
    [InlineData("poll?wait=-1", 400, "invalid_wait")]
    [InlineData("poll?wait=soon", 400, "invalid_wait")]
    [InlineData("ws", 426, "not_a_websocket")]
    [InlineData("webhook", 426, "not_a_websocket")]
    public async Task A_wrong_question_is_explained(string path, int status, string code)
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);

        using var response = await server.Http.GetAsync($"{run.Path}/{path}").Soon();

        await AssertProblemAsync(response, (HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("nonsense", "invalid")]
    [InlineData("-1", "invalid")]
    [InlineData("abc-99999999999999999999999", "invalid")]
    [InlineData("0123abcd-1", "epoch")]
    public async Task A_cursor_that_is_none_begins_anew_and_says_why(string since, string reason)
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 100 });

        var polled = await run.PollAsync(since).Soon();
        var streamed = await run.StreamAsync(1, since);

        Assert.Equal(reason, polled!.Reset);
        Assert.Equal(reason, streamed.Reset);
        Assert.Equal([1], streamed.Numbers);
    }

    [Fact]
    public async Task A_cursor_from_the_future_begins_anew()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        var epoch = (await run.ReportAsync()).GetProperty("epoch").GetString();

        Assert.Equal("future", (await run.PollAsync($"{epoch}-1000000").Soon())!.Reset);
    }

    [Fact]
    public async Task Pages_of_other_sites_are_refused()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);

        foreach (var origin in new[] { "https://evil.example", "null", $"http://{server.Uri.Host}:1", $"https://{server.Uri.Authority}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{run.Path}/poll") { Headers = { { "Origin", origin }, { "User-Agent", "Mozilla/5.0" } } };
            using var response = await server.Http.SendAsync(request).Soon();

            await AssertProblemAsync(response, HttpStatusCode.Forbidden, "foreign_origin");
        }
    }

    [Fact]
    public async Task A_run_has_room_for_so_many_connections()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server, new { rate = 1 });
        using var http = new HttpClient { BaseAddress = server.Uri };
        var streams = new List<HttpResponseMessage>();

        for (var i = 0; i < 64; i++)
        {
            streams.Add(await http.GetAsync($"{run.Path}/stream", HttpCompletionOption.ResponseHeadersRead).Soon());
        }

        using var response = await server.Http.GetAsync($"{run.Path}/poll").Soon();

        Assert.All(streams, static stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));
        await AssertProblemAsync(response, HttpStatusCode.TooManyRequests, "too_many_connections");
        streams.ForEach(static stream => stream.Dispose());
    }

    [Fact]
    public async Task Whoever_asks_too_often_is_told_to_wait()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        HttpResponseMessage? refused = null;

        for (var i = 0; i < 500 && refused is null; i++)
        {
            var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Http.GetAsync($"{run.Path}/poll"))).Soon();
            refused = responses.FirstOrDefault(static response => response.StatusCode == HttpStatusCode.TooManyRequests);
        }

        await AssertProblemAsync(refused!, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.NotNull(refused!.Headers.RetryAfter);
        refused.Dispose();
    }

    [Fact]
    public async Task One_address_begins_so_many_runs()
    {
        await using var server = await AppServer.StartAsync();
        HttpResponseMessage? refused = null;

        for (var i = 0; i <= LabLimits.RunsPerAddress && refused is null; i++)
        {
            var response = await server.Http.PostAsJsonAsync("/lab/runs", new { }).Soon();
            refused = response.StatusCode == HttpStatusCode.TooManyRequests ? response : null;
        }

        await AssertProblemAsync(refused!, HttpStatusCode.TooManyRequests, "rate_limited");
        refused!.Dispose();
    }

    [Fact]
    public async Task A_run_that_nobody_asks_for_ends()
    {
        var time = new ManualTimeProvider();
        await using var server = await AppServer.StartAsync(time: time);
        using var run = await LabClient.BeginAsync(server);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("open", (await run.ReportAsync()).GetProperty("phase").GetString());
        await Eventually.Async("the run has ended", async () =>
        {
            time.Advance(TimeSpan.FromMinutes(3));
            using var response = await server.Http.GetAsync(run.Path);
            return response.StatusCode == HttpStatusCode.NotFound;
        });
    }

    [Fact]
    public async Task A_socket_of_no_run_is_refused_with_a_code()
    {
        await using var server = await AppServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket", "/socket.io/");

        await client.SendAsync("""40/lab,{"run":"nobody"}""");

        Assert.Contains("unknown_run", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(new MediaTypeHeaderValue("application/problem+json"), response.Content.Headers.ContentType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }
}
