using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Both transports over HTTP/2; WebSockets as RFC 8441 has them.</summary>
public class Http2Tests
{
    [Fact]
    public async Task A_websocket_over_http_2_is_a_websocket()
    {
        await using var server = await EchoServer.StartAsync(protocols: HttpProtocols.Http2);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await socket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}{EchoServer.Path}?EIO=4&transport=websocket"), invoker, default).Soon();
        Assert.StartsWith("0{\"sid\":", await ReceiveAsync(socket));
        await socket.SendAsync("4hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        Assert.Equal("4hello", await ReceiveAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();

        Assert.Equal(CloseReason.TransportClose, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task Polling_over_http_2_is_polling()
    {
        await using var server = await EchoServer.StartAsync(protocols: HttpProtocols.Http2);
        using var http = new HttpClient
        {
            BaseAddress = server.Uri,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        await http.GetStringAsync($"{EchoServer.Path}?EIO=4&transport=polling");
        var url = $"{EchoServer.Path}?EIO=4&transport=polling&sid={server.Sessions.Single().Id}";
        using var post = await http.PostAsync(url, new StringContent("4hello"));

        Assert.Equal("4hello", await http.GetStringAsync(url));
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1024];
        var result = await socket.ReceiveAsync(buffer, default).Soon();
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
