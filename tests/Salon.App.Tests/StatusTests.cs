using System.Net;
using System.Text.Json;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>What those who run the app look at.</summary>
public class StatusTests(DatabaseFixture databases)
{
    [Fact]
    public async Task The_status_counts_connections_rooms_and_messages()
    {
        await using var server = await AppServer.StartAsync();
        await using var alice = await ChatClient.ConnectAsync(server, "websocket", "Alice");
        await using var bob = await ChatClient.ConnectAsync(server, "polling", "Bob");
        await alice.JoinAsync("general");
        await bob.JoinAsync("general");
        await bob.JoinAsync("dev");
        await alice.SayAsync("general", "hello");

        using var response = await server.Http.GetAsync("/status");
        var status = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("Salon", status.GetProperty("name").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+", status.GetProperty("version").GetString());
        Assert.NotEmpty(status.GetProperty("node").GetString()!);
        Assert.True(status.GetProperty("uptimeSeconds").GetDouble() >= 0);
        Assert.Equal("""{"total":2,"polling":1,"webSocket":1}""", status.GetProperty("connections").ToString());
        Assert.Equal("""[{"room":"general","members":2},{"room":"dev","members":1}]""", status.GetProperty("rooms").ToString());
        Assert.Equal(1, status.GetProperty("messages").GetProperty("sent").GetInt64());
        Assert.True(status.GetProperty("memory").GetProperty("workingSetBytes").GetInt64() > 10_000_000);
        Assert.True(status.GetProperty("memory").GetProperty("managedBytes").GetInt64() > 100_000);
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
}
