using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>What operators do, and leave alone.</summary>
public class OperatorTests
{
    [Theory]
    [EachTransport]
    public async Task An_operator_is_not_changed_by_those_that_are_made_of_it(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var first = await server.ConnectAsync(transport);
        var socket = server.IO.Sockets.Sockets.Values.Single();
        await using var second = await server.ConnectAsync(transport);
        await socket.JoinAsync("a");
        await server.IO.Sockets.Sockets.Values.Single(other => other != socket).JoinAsync("b");

        var kept = server.IO.To("a");
        _ = (kept.To("b"), kept.Except("a"), kept.Volatile, kept.Local, kept.Compress(false), kept.Timeout(TimeSpan.Zero));
        var fromSocket = socket.To("b");
        _ = (fromSocket.To("a"), fromSocket.Except("b"));

        await kept.EmitAsync("to a");
        await fromSocket.EmitAsync("to b");
        await server.IO.EmitAsync("end");

        Assert.Equal("42[\"to a\"]", await first.ReceiveAsync());
        Assert.Equal("42[\"end\"]", await first.ReceiveAsync());
        Assert.Equal("42[\"to b\"]", await second.ReceiveAsync());
        Assert.Equal("42[\"end\"]", await second.ReceiveAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_can_ask_not_to_be_compressed(bool compress)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri, SocketServer.Path);
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReceiveAsync(), StringComparison.Ordinal);
        var text = new string('x', 5000);

        foreach (var emitter in (IEmitter[])[server.IO.Compress(compress), server.LastSocket().Compress(compress)])
        {
            await emitter.EmitAsync("large", text);
            using var request = new HttpRequestMessage(HttpMethod.Get, client.Url);
            request.Headers.AcceptEncoding.ParseAdd("gzip");
            using var response = await server.Http.SendAsync(request);

            Assert.Equal(compress ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
        }
    }
}
