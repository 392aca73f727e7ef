using System.Net.WebSockets;
using System.Text;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>What a client of Socket.IO v2 may write to join a namespace, typed by hand.</summary>
public class OldClientTests
{
    [Theory]
    [InlineData("40/admin", "{}")]
    [InlineData("40/admin,", "{}")]
    [InlineData("40/admin?", "{}")]
    [InlineData("40/admin?token=abc", """{"token":"abc"}""")]
    [InlineData("40/admin?token=abc,", """{"token":"abc"}""")]
    [InlineData("40/admin?token=a&token=b&c", """{"token":"b","c":""}""")]
    [InlineData("40/admin?name=%C3%A9%22%20%2B&x=a?b", """{"name":"é\" +","x":"a?b"}""")]
    [InlineData("40/admin?pid=x&offset=y", """{"pid":"x","offset":"y"}""")]
    public async Task The_query_of_a_namespace_is_the_auth(string packet, string auth)
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server);

        await SendAsync(client, packet);
        Assert.Equal("40/admin,", await ReceiveAsync(client));

        await SendAsync(client, """42/admin,0["auth"]""");
        Assert.Equal($"43/admin,0[{auth}]", await ReceiveAsync(client));
    }

    [Theory]
    [InlineData("40/nowhere?token=abc", "44/nowhere,\"Invalid namespace\"")]
    [InlineData("40/?a=b", null)]
    [InlineData("40", null)]
    public async Task Asking_for_what_one_has_or_cannot_have_does_no_harm(string packet, string? expected)
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server);

        await SendAsync(client, packet);

        if (expected is not null)
        {
            Assert.Equal(expected, await ReceiveAsync(client));
        }

        await SendAsync(client, """420["auth"]""");
        Assert.Equal("430[{}]", await ReceiveAsync(client));
    }

    [Theory]
    [InlineData("40?token=abc")]
    [InlineData("4")]
    [InlineData("49")]
    [InlineData("42/admin,[\"auth\"]")]
    public async Task Garbage_closes_the_connection(string packet)
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server);

        await SendAsync(client, packet);
        Assert.Null(await ReceiveAsync(client));
    }

    [Fact]
    public async Task Who_they_are_may_be_as_long_as_auth_and_no_longer()
    {
        await using var server = await StartAsync();
        using var client = await ConnectAsync(server);

        await SendAsync(client, $"40/admin?token={new string('x', 16_380)},");
        Assert.Equal("44/admin,{\"code\":\"auth_too_large\"}", await ReceiveAsync(client));
        await SendAsync(client, $"40/admin?token={new string('x', 16_370)},");
        Assert.StartsWith("40/admin", await ReceiveAsync(client), StringComparison.Ordinal);
        await SendAsync(client, $"40/{new string('a', 200)}?token=x,");

        while (await ReceiveAsync(client) is not null)
        {
        }
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        app =>
        {
            var io = app.MapSocketIO();

            foreach (var name in new[] { "/", "/admin" })
            {
                io.Of(name).OnConnection(socket => socket.On("auth", (Ack ack) => ack.SendAsync(socket.Handshake.Auth)));
            }
        },
        services => services.AddSocketIO(options =>
        {
            options.AllowEIO3 = true;
            options.ConnectionStateRecovery = new ConnectionStateRecovery();
        }));

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{server.Uri.Authority}/socket.io/?EIO=3&transport=websocket"), CancellationToken.None);
        Assert.StartsWith("0{", await ReceiveAsync(client), StringComparison.Ordinal);
        Assert.Equal("40", await ReceiveAsync(client));
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, string packet) =>
        client.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static async Task<string?> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[4096];
        var result = await client.ReceiveAsync(buffer, CancellationToken.None).Soon();
        return result.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(buffer, 0, result.Count) : null;
    }
}
