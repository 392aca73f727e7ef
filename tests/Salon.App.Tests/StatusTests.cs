using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What those who run the app look at.</summary>
public class StatusTests(DatabaseFixture databases)
{
    private const string Token = "a-token-of-monitors-0123";
    private const string Node = "the-host-42";

    [Theory]
    [InlineData("public")]
    [InlineData("full")]
    public async Task The_status_counts_connections_rooms_and_messages(string access)
    {
        await using var server = await AppServer.StartAsync(settings: ["--STATUS_TOKEN", Token, "--NODE_ID", Node]);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "polling", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");
        await bob.JoinAsync("dev");
        await alice.SayAsync("general", "hello");

        using var response = await GetAsync(server, access == "full" ? $"Bearer {Token}" : null);
        var status = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("Salon", status.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", status.GetProperty("version").GetString());
        Assert.True(status.GetProperty("uptimeSeconds").GetDouble() >= 0);
        Assert.Equal("""{"total":2,"polling":1,"webSocket":1}""", status.GetProperty("connections").ToString());
        Assert.Equal(2, status.GetProperty("occupiedRooms").GetInt32());
        Assert.Equal(1, status.GetProperty("messages").GetProperty("sent").GetInt64());
        Assert.True(status.GetProperty("memory").GetProperty("workingSetBytes").GetInt64() > 10_000_000);
        Assert.True(status.GetProperty("memory").GetProperty("managedBytes").GetInt64() > 100_000);

        if (access == "full")
        {
            Assert.Equal(Node, status.GetProperty("node").GetString());
            Assert.Equal("""[{"room":"general","members":2},{"room":"dev","members":1}]""", status.GetProperty("rooms").ToString());
        }
        else
        {
            Assert.False(status.TryGetProperty("node", out _));
            Assert.False(status.TryGetProperty("rooms", out _));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Basic YWRtaW46d3Jvbmc=")]
    [InlineData("Bearer " + Token)]
    public async Task Without_a_token_of_its_own_the_app_names_no_rooms_and_no_hosts_whatever_is_sent(string? authorization)
    {
        await using var server = await AppServer.StartAsync(settings: ["--NODE_ID", Node]);
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await alice.JoinAsync("the secret plan");

        using var response = await GetAsync(server, authorization);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, JsonDocument.Parse(text).RootElement.GetProperty("occupiedRooms").GetInt32());

        foreach (var name in new[] { "secret", Node, Environment.MachineName, "Alice" })
        {
            // As a word: the name of a machine may be so short that ids have its letters by chance.
            Assert.DoesNotMatch($@"(?i)\b{Regex.Escape(name)}\b", text);
        }
    }

    [Theory]
    [InlineData("Bearer " + Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("bearer " + Token, HttpStatusCode.OK)]
    [InlineData("Basic YWRtaW46d3Jvbmc=", HttpStatusCode.OK)]
    public async Task A_wrong_token_is_told_so_and_credentials_of_another_kind_are_none(string authorization, HttpStatusCode expected)
    {
        await using var server = await AppServer.StartAsync(settings: ["--STATUS_TOKEN", Token]);

        using var response = await GetAsync(server, authorization);
        using var head = await GetAsync(server, authorization, HttpMethod.Head);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected, head.StatusCode);
        Assert.Equal("Authorization", response.Headers.Vary.Single());
        Assert.Equal(expected == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.ToString() == "Bearer realm=\"status\"");
        Assert.DoesNotContain(server.Logs.Entries, static entry => entry.Message.Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/healthz/live", "sqlite")]
    [InlineData("/healthz/ready", "sqlite")]
    [InlineData("/healthz/ready", "postgres")]
    public async Task A_healthy_app_says_so(string path, string database)
    {
        using var storage = await databases.CreateAsync(database);
        await using var server = await AppServer.StartAsync(storage);

        using var response = await server.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task No_session_id_appears_in_the_log()
    {
        await using var server = await AppServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.Uri, "polling", "/socket.io/");
        await client.SendAsync("40/chat,{\"username\":\"Alice\"}");
        await client.ReceiveAsync();

        Assert.DoesNotContain(server.Logs.Entries, entry => entry.Message.Contains(client.SessionId, StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> GetAsync(AppServer server, string? authorization, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/status");

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return await server.Http.SendAsync(request);
    }
}
