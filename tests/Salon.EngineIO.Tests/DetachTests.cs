using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>A WebSocket takes its socket from the request that opened it, and nothing is lost on the way.</summary>
public class DetachTests
{
    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    public async Task A_handshake_may_have_any_size(int size)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var line = $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1";
        var length = $"{line}\r\nHost: {server.Uri.Authority}\r\n{RawConnection.UpgradeHeaders}X-Fill: \r\n\r\n".Length;

        var head = await connection.RequestAsync(line, $"{RawConnection.UpgradeHeaders}X-Fill: {new string('x', size - length)}\r\n").Soon();

        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        Assert.Contains("\"sid\"", Encoding.UTF8.GetString((await connection.ReceiveFrameAsync().Soon())!.Value.Payload), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000)]
    [InlineData(20_000)]
    public async Task What_a_client_sends_together_with_its_handshake_is_not_lost(int size)
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var message = "4" + new string('x', size);
        var frames = RawConnection.Frame(0x81, Encoding.ASCII.GetBytes(message)).Concat(RawConnection.Frame(0x81, "4second"u8.ToArray())).ToArray();
        var request = $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.Uri.Authority}\r\n{RawConnection.UpgradeHeaders}\r\n";

        await connection.SendAsync(Encoding.ASCII.GetBytes(request).Concat(frames[..^3]).ToArray());
        Assert.StartsWith("HTTP/1.1 101", await connection.ReceiveHeadAsync().Soon(), StringComparison.Ordinal);
        await connection.SendAsync(frames.AsMemory(frames.Length - 3));

        Assert.StartsWith("0{", await ReceiveTextAsync(connection), StringComparison.Ordinal);
        Assert.Equal(message, await ReceiveTextAsync(connection));
        Assert.Equal("4second", await ReceiveTextAsync(connection));
    }

    [Fact]
    public async Task A_client_that_answers_the_handshake_at_once_keeps_its_connection()
    {
        await using var server = await EchoServer.StartAsync();

        for (var i = 0; i < 300; i++)
        {
            using var connection = await RawConnection.UpgradeAsync(server.Uri);
            await connection.SendFrameAsync(0x81, "4quick");

            Assert.StartsWith("0{", await ReceiveTextAsync(connection), StringComparison.Ordinal);
            Assert.Equal("4quick", await ReceiveTextAsync(connection));
        }
    }

    [Fact]
    public async Task A_client_that_sends_rubbish_before_the_handshake_is_done_or_leaves_right_after_it_leaves_nothing_behind()
    {
        var allowed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await EchoServer.StartAsync(options => options.AllowRequest = async _ =>
        {
            await allowed.Task;
            return RequestVerdict.Allow;
        });
        var request = Encoding.ASCII.GetBytes(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server.Uri.Authority}\r\n{RawConnection.UpgradeHeaders}\r\n");
        var connections = new List<RawConnection>();

        foreach (var early in new[] { 10, 100_000, 3_000_000 })
        {
            var connection = await RawConnection.ConnectAsync(server.Uri);
            connections.Add(connection);
            _ = connection.SendAsync(request.Concat(new byte[early]).ToArray());
        }

        var gone = await RawConnection.ConnectAsync(server.Uri);
        await gone.SendAsync(request);
        gone.Dispose();
        allowed.SetResult();

        foreach (var connection in connections)
        {
            // The server hangs up.
            await connection.ReceiveCloseAsync().Soon();
            connection.Dispose();
        }

        await Eventually.Async("nobody is left", () => server.Engine.ClientsCount == 0);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task When_the_app_cannot_make_a_handler_the_websocket_is_closed()
    {
        EngineServer engine = null!;
        await using var server = await TestServer.StartAsync(app => engine = app.MapEngineIO("/engine.io", _ => throw new InvalidOperationException("broken")));
        server.Logs.Expect("createHandler failed");
        using var socket = new ClientWebSocket();

        // The handshake may be answered before the handler is made; then the WebSocket ends, in whichever way.
        await Record.ExceptionAsync(async () =>
        {
            await socket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}/engine.io/?EIO=4&transport=websocket"), default).Soon();

            while (socket.State == WebSocketState.Open)
            {
                await ReceiveAsync(socket);
            }
        });

        Assert.NotEqual(WebSocketState.Open, socket.State);
        await Eventually.Async("the session is closed", () => engine.ClientsCount == 0);
    }

    [Fact]
    public async Task With_tls_a_websocket_stays_with_kestrel()
    {
        using var certificate = CreateCertificate();
        await using var server = await TestServer.StartAsync(
            app => app.MapEngineIO("/engine.io", session => new Echo(session)),
            certificate: certificate);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString();

        await socket.ConnectAsync(new Uri($"wss://{server.Uri.Authority}/engine.io/?EIO=4&transport=websocket"), default).Soon();
        Assert.StartsWith("0{", await ReceiveAsync(socket));
        await socket.SendAsync("4hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);

        Assert.Equal("4hello", await ReceiveAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).Soon();
    }

    private static async Task<string> ReceiveTextAsync(RawConnection connection) =>
        Encoding.UTF8.GetString((await connection.ReceiveFrameAsync().Soon())!.Value.Payload);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1000];
        var result = await socket.ReceiveAsync(buffer, default).Soon();
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class Echo(EngineSession session) : IEngineHandler
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> data, bool isBinary)
        {
            session.TrySend(EngineMessage.CreateText(data.Span));
            return default;
        }

        public void OnClose(CloseReason reason)
        {
        }
    }
}
