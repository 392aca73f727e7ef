using System.Net;
using System.Net.Sockets;
using System.Text;
using Salon.App.Lab;
using Salon.App.Lab.Processor;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>
/// The lab's own clients one by one: <c>PollingClient</c>, <c>RequestingClient</c>, <c>ReceivingClient</c>, <c>SocketIOPollingClient</c> and
/// <c>SocketIOWebSocketClient</c>, with their <see cref="MarkerSearch"/>. The test is the server, and hands out what it says in whatever pieces.
/// </summary>
[Trait("Stage", "fast")]
public sealed class VirtualClientStateTests : IDisposable
{
    private const string Upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    private const string Handshake = "0{\"sid\":\"abc\",\"upgrades\":[]}";

    private readonly List<IDisposable> _open = [];
    private Socket _server = null!;

    public void Dispose() => _open.ForEach(static each => each.Dispose());

    [Theory]
    [InlineData("{\"seq\":1}{\"seq\":2}", 2)]
    [InlineData("\"\"seq\":3", 1)]
    [InlineData("\"se\"seq\":3", 1)]
    [InlineData("\"seq\";\"seq\" :\"seq", 0)]
    public void A_message_is_counted_once_in_however_many_pieces_it_comes(string text, int messages)
    {
        for (var size = 1; size <= text.Length; size++)
        {
            var client = Create(LabTechnique.EventStream);
            Give(client, text, size);
            Assert.Equal(messages, client.Messages);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n{\"cursor\":\"e-7\",\"events\":[\"seq\":]")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 33\r\nServer: x\r\n\r\n{\"cursor\":\"e-7\",\"events\":[\"seq\":]")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"cursor\":\"e-7\",\r\n11\r\n\"events\":[\"seq\":]\r\n0\r\n\r\n")]
    public void An_answer_is_taken_when_all_of_it_has_come_and_asked_on_from_there(string answer)
    {
        for (var size = 1; size <= answer.Length; size++)
        {
            var client = Create(LabTechnique.LongPolling);
            client.Begin();
            Assert.Equal("GET /lab/runs/run/poll?since=&wait=25", Asked());

            for (var i = 0; i < 3; i++)
            {
                Give(client, answer[..^1], size);
                Assert.Equal(0, _server.Available);
                Give(client, answer[^1..], size);
                Assert.Equal("GET /lab/runs/run/poll?since=e-7&wait=25", Asked());
            }

            Assert.Equal((3, 0), (client.Messages, _server.Available));
        }
    }

    [Fact]
    public void Short_polling_asks_once_when_its_pause_is_over_and_keeps_its_place_when_an_answer_names_none()
    {
        var client = Create(LabTechnique.ShortPolling);
        client.Begin();
        Assert.Equal("GET /lab/runs/run/poll?since=&wait=0", Asked());
        client.OnTick(long.MaxValue);
        Assert.Equal(0, _server.Available);

        var before = Environment.TickCount64;
        Give(client, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"cursor\":\"e-7\"}");
        client.OnTick(before);
        client.OnTick(before + 499);
        Assert.Equal(0, _server.Available);
        client.OnTick(long.MaxValue);
        client.OnTick(long.MaxValue);
        Assert.Equal("GET /lab/runs/run/poll?since=e-7&wait=0", Asked());
        Assert.Equal(0, _server.Available);

        Give(client, "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
        client.OnTick(long.MaxValue);
        Assert.Equal("GET /lab/runs/run/poll?since=e-7&wait=0", Asked());
    }

    [Fact]
    public void Socket_IO_over_polling_opens_a_session_joins_and_asks_on_with_one_request_at_a_time()
    {
        var client = Create(LabTechnique.SocketIOPolling);
        client.Begin();
        Assert.Equal("GET /socket.io/?EIO=4&transport=polling&lab=run.p", Asked());

        Give(client, $"HTTP/1.1 200 OK\r\nContent-Length: {Handshake.Length}\r\n\r\n{Handshake}", size: 7);
        Assert.Equal("POST /socket.io/?EIO=4&transport=polling&lab=run.p&sid=abc 40/lab,{\"run\":\"run\"}", Asked());

        foreach (var body in new[] { "ok", "40/lab,{\"sid\":\"x\"}", "42/lab,[\"message\",{\"seq\":1}]" })
        {
            Give(client, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}", size: 5);
            Assert.Equal("GET /socket.io/?EIO=4&transport=polling&lab=run.p&sid=abc", Asked());
        }

        Assert.Equal((1, 0), (client.Messages, _server.Available));
    }

    [Fact]
    public void Socket_IO_over_WebSocket_joins_once_in_whatever_pieces_the_handshake_comes()
    {
        var said = $"{Upgraded}{(char)0x81}{(char)Handshake.Length}{Handshake}";

        for (var size = 1; size <= said.Length; size++)
        {
            var client = Create(LabTechnique.SocketIOWebSocket);
            client.Begin();
            Assert.Equal("GET /socket.io/?EIO=4&transport=websocket&lab=run.w", Asked());

            Give(client, said, size);
            Give(client, said, size);

            Assert.Equal("40/lab,{\"run\":\"run\"}", Receive()[6..]);
            Assert.Equal(0, _server.Available);
        }
    }

    [Theory]
    [InlineData(false, "GET /lab/runs/run/stream")]
    [InlineData(true, "GET /lab/runs/run/ws")]
    public void Who_only_receives_asks_once(bool isWebSocket, string asked)
    {
        var client = Create(isWebSocket ? LabTechnique.WebSocket : LabTechnique.EventStream);
        client.Begin();
        Assert.Equal(asked, Asked());

        Give(client, $"{Upgraded}data: {{\"seq\":1}}\n\ndata: {{\"seq\":2}}\n\n", size: 3);
        client.OnTick(long.MaxValue);

        Assert.Equal((2, 0), (client.Messages, _server.Available));
    }

    private static void Give(VirtualClient client, string text, int size = int.MaxValue)
    {
        foreach (var piece in Encoding.Latin1.GetBytes(text).Chunk(size))
        {
            client.OnReceived(piece);
        }
    }

    private VirtualClient Create(LabTechnique technique)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        _server = listener.AcceptSocket();
        _server.ReceiveTimeout = (int)Eventually.Patience.TotalMilliseconds;
        var client = VirtualClient.Create(technique, socket, "host", "run");
        _open.AddRange([client, _server]);
        return client;
    }

    /// <summary>Method and address of a request, and its body if it has one.</summary>
    private string Asked()
    {
        var request = Receive();
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return $"{request[..request.IndexOf(" HTTP/1.1", StringComparison.Ordinal)]} {request[(end + 4)..]}".TrimEnd();
    }

    private string Receive()
    {
        var buffer = new byte[4096];
        return Encoding.Latin1.GetString(buffer, 0, _server.Receive(buffer));
    }
}
