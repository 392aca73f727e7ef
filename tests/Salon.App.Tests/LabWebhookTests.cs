using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The lab's webhooks: signed, repeated, and told over a WebSocket as well.</summary>
public class LabWebhookTests
{
    [Fact]
    public async Task An_event_is_told_at_once_and_repeated_until_it_is_taken()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        using var socket = await run.OpenWebSocketAsync("webhook");

        await RegisterAsync(server, run);
        var sent = await run.PostAsync("webhook", new { failures = 2 });
        var entries = new List<JsonElement>();

        while (entries.Count < 5)
        {
            entries.Add((await LabClient.ReceiveAsync(socket))!.Value);
        }

        Assert.Equal("event", entries[0].GetProperty("kind").GetString());
        Assert.All(entries, entry => Assert.Equal(sent.GetProperty("id").GetString(), entry.GetProperty("id").GetString()));
        var attempts = entries.Where(static entry => entry.GetProperty("kind").GetString() == "attempt").ToList();
        Assert.Equal([503, 503, 204], attempts.Select(static attempt => attempt.GetProperty("status").GetInt32()));
        Assert.Equal([500, 1_000], attempts[..2].Select(static attempt => attempt.GetProperty("retryIn").GetInt32()));
        Assert.False(attempts[2].TryGetProperty("retryIn", out _));
        var pauses = attempts.Zip(attempts.Skip(1), static (a, b) => b.GetProperty("time").GetDouble() - a.GetProperty("time").GetDouble()).ToList();
        Assert.InRange(pauses[0], 490, 1_500);
        Assert.InRange(pauses[1], 990, 2_500);
        Assert.Single(entries, static entry => entry.GetProperty("kind").GetString() == "received");
    }

    [Theory]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("v1,nonsense")]
    [InlineData("v2,AAAA")]
    [InlineData("")]
    public async Task Who_does_not_know_the_secret_is_not_believed(string signature)
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        await RegisterAsync(server, run);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/lab/webhook-receiver") { Content = JsonContent.Create(new { id = "evt_1", run = run.Id }) };
        request.Headers.Add("webhook-id", "evt_1");
        request.Headers.Add("webhook-timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
        request.Headers.Add("webhook-signature", signature);

        using var response = await server.Http.SendAsync(request).Soon();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("bad_signature", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("not JSON", 400)]
    [InlineData("[]", 404)]
    [InlineData("""{"run":"nobody"}""", 404)]
    [InlineData("""{"run":1}""", 404)]
    public async Task The_receiver_refuses_what_is_no_webhook(string body, int status)
    {
        await using var server = await AppServer.StartAsync();

        using var response = await server.Http.PostAsync("/lab/webhook-receiver", new StringContent(body)).Soon();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task So_many_events_may_be_on_their_way()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);
        await RegisterAsync(server, run);

        for (var i = 0; i < 5; i++)
        {
            await run.PostAsync("webhook", new { failures = 6 });
        }

        using var response = await server.Http.PostAsJsonAsync($"{run.Path}/webhook", new { }).Soon();

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
    }

    [Fact]
    public async Task Who_registers_gets_a_secret_that_the_webhooks_are_signed_with()
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);

        var first = await RegisterAsync(server, run);
        var second = await RegisterAsync(server, run);
        await run.PostAsync("webhook", new { });
        using var forgotten = await server.Http.DeleteAsync($"{run.Path}/webhook").Soon();
        using var refused = await server.Http.PostAsJsonAsync($"{run.Path}/webhook", new { }).Soon();

        Assert.StartsWith("whsec_", first.GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(first.GetProperty("secret").GetString()!["whsec_".Length..]).Length);
        Assert.NotEqual(first.GetProperty("secret").GetString(), second.GetProperty("secret").GetString());
        Assert.Equal(HttpStatusCode.NoContent, forgotten.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("not_registered", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/lab/webhook-receiver")]
    [InlineData("http://example.com/lab/webhook-receiver")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://HOST/status")]
    [InlineData("http://HOST/lab/webhook-receiver?x=1")]
    [InlineData("http://HOST/lab/../status")]
    [InlineData("http://user:secret@HOST/lab/webhook-receiver")]
    [InlineData("http://HOST@example.com/lab/webhook-receiver")]
    [InlineData("ftp://HOST/lab/webhook-receiver")]
    public async Task The_lab_tells_nobody_but_itself(string? url)
    {
        await using var server = await AppServer.StartAsync();
        using var run = await LabClient.BeginAsync(server);

        using var response = await server.Http.PutAsJsonAsync($"{run.Path}/webhook", new { url = url?.Replace("HOST", server.Uri.Authority, StringComparison.Ordinal) }).Soon();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_url", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private static async Task<JsonElement> RegisterAsync(AppServer server, LabClient run)
    {
        using var response = await server.Http.PutAsJsonAsync($"{run.Path}/webhook", new { url = new Uri(server.Uri, "/lab/webhook-receiver") }).Soon();
        Assert.True(response.IsSuccessStatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
