using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Compression of polling payloads (on, above a threshold) and of WebSocket messages (off, unless it is asked for).</summary>
public class CompressionTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("salon ", 2000));

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("deflate", null)]
    [InlineData("identity", null)]
    public async Task A_long_poll_is_compressed_as_the_client_can_read_it(string accepted, string? encoding)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        await client.SendAsync("4" + Long);
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Url);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("4" + Long, Decompress(body, encoding));
        Assert.True(encoding is null || body.Length < 500);
    }

    [Theory]
    [InlineData(1024, 1000, false)]
    [InlineData(1024, 1023, true)]
    [InlineData(null, 100_000, false)]
    [InlineData(0, 1, true)]
    public async Task The_threshold_decides(int? threshold, int length, bool isCompressed)
    {
        await using var server = await EchoServer.StartAsync(options => options.HttpCompressionThreshold = threshold);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        await client.SendAsync("4" + new string('x', length));
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Url);
        request.Headers.Add("Accept-Encoding", "gzip");

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(isCompressed, response.Content.Headers.ContentEncoding.Contains("gzip"));
    }

    [Fact]
    public async Task A_message_can_ask_to_be_left_as_it_is()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        Assert.Single(server.Sessions).TrySend(EngineMessage.CreateBinary(new byte[5000], compress: false));
        using var request = new HttpRequestMessage(HttpMethod.Get, client.Url);
        request.Headers.Add("Accept-Encoding", "gzip");

        using var response = await server.Http.SendAsync(request);

        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_websocket_is_not_compressed_unless_the_server_says_so()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport=websocket HTTP/1.1",
            RawConnection.UpgradeHeaders + "Sec-WebSocket-Extensions: permessage-deflate\r\n");

        Assert.StartsWith("HTTP/1.1 101", head);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", head);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task Messages_survive_permessage_deflate(int length)
    {
        await using var server = await EchoServer.StartAsync(options => options.PerMessageDeflateThreshold = 1024);
        await using var client = await RawWebSocketClient.ConnectAsync(
            server.Uri,
            configure: options => options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false });
        await client.ReceiveAnyAsync().Soon();
        var random = new Random(length);
        var text = string.Concat(Enumerable.Range(0, length / 4).Select(_ => $"{random.Next(50)} é"));

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("4" + text);
            Assert.Equal("4" + text, await client.ReceiveAsync());
            await client.SendBinaryAsync(Encoding.UTF8.GetBytes(text));
            Assert.Equal("b" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), await client.ReceiveAsync());
        }
    }

    [Fact]
    public async Task A_small_message_that_expands_to_a_large_one_is_too_big()
    {
        await using var server = await EchoServer.StartAsync(options => options.PerMessageDeflateThreshold = 1024);
        using var connection = await RawConnection.UpgradeAsync(server.Uri, headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        using var compressed = new MemoryStream();

        using (var deflate = new DeflateStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            deflate.Write(new byte[50_000_000]);
        }

        await connection.SendFrameAsync(0xc2, compressed.ToArray());

        Assert.Equal(1009, await connection.ReceiveCloseAsync());
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff }, 1007)]
    [InlineData(new byte[] { 0x12 }, 1007)]
    public async Task What_cannot_be_expanded_is_invalid(byte[] payload, int status)
    {
        await using var server = await EchoServer.StartAsync(options => options.PerMessageDeflateThreshold = 1024);
        using var connection = await RawConnection.UpgradeAsync(server.Uri, headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n");

        await connection.SendFrameAsync(0xc1, payload);

        Assert.Equal(status, await connection.ReceiveCloseAsync());
    }

    [Fact]
    public async Task A_compressed_frame_that_was_not_agreed_on_breaks_the_protocol()
    {
        await using var server = await EchoServer.StartAsync();
        using var connection = await RawConnection.UpgradeAsync(server.Uri);

        await connection.SendFrameAsync(0xc1, "4hello");

        Assert.Equal(1002, await connection.ReceiveCloseAsync());
    }

    private static string Decompress(byte[] body, string? encoding)
    {
        using Stream stream = encoding switch
        {
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => new MemoryStream(body),
        };
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
