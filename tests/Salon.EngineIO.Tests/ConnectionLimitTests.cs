using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>How many sessions there may be, how long one may stay unused, and what of its first request is kept.</summary>
public class ConnectionLimitTests
{
    private const string Polling = $"{EchoServer.Path}?EIO=4&transport=polling";

    [Theory]
    [InlineData("polling", true)]
    [InlineData("polling", false)]
    [InlineData("websocket", true)]
    [InlineData("websocket", false)]
    public async Task One_session_too_many_is_told_to_come_back_later(string transport, bool isTotal)
    {
        using var refused = new RefusedConnections();
        await using var server = await EchoServer.StartAsync(options =>
        {
            options.MaxConnections = isTotal ? 2 : 100;
            options.MaxConnectionsPerAddress = isTotal ? 100 : 2;
        });
        await using var first = await RawClient.OpenAsync(server.Uri, transport);
        await using var second = await RawClient.OpenAsync(server.Uri, transport == "polling" ? "websocket" : "polling");

        using var connection = await RawConnection.ConnectAsync(server.Uri);
        var head = await connection.RequestAsync(
            $"GET {EchoServer.Path}?EIO=4&transport={transport} HTTP/1.1", transport == "websocket" ? RawConnection.UpgradeHeaders : "");

        Assert.StartsWith("HTTP/1.1 503", head);
        Assert.Contains("Retry-After: 5\r\n", head);
        Assert.Equal(2, server.Sessions.Count);
        Assert.Contains(isTotal ? "total" : "address", refused.Limits);

        // Those who are in do not notice, also when one of them moves on.
        await first.SendAsync("4a");
        Assert.Equal("4a", await first.ReceiveAsync());

        // Who goes makes room.
        await first.SendAsync("1");
        await Eventually.Async("there is room", async () => (await server.Http.GetAsync(Polling)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_upgrade_needs_no_place_of_its_own()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxConnections = options.MaxConnectionsPerAddress = 1);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var webSocket = new ClientWebSocket();

        await webSocket.ConnectAsync(new Uri($"ws://{server.Uri.Authority}{client.Url.Replace("polling", "websocket")}"), CancellationToken.None);

        Assert.Equal(WebSocketState.Open, webSocket.State);
    }

    [Fact]
    public async Task A_session_that_is_never_polled_ends_after_ten_seconds()
    {
        var time = new ManualTimeProvider();
        await using var server = await EchoServer.StartAsync(time: time);
        await using var silent = await RawPollingClient.OpenAsync(server.Uri);
        await using var polling = await RawPollingClient.OpenAsync(server.Uri);
        await polling.SendAsync("4a");

        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(server.Closes);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.Async("the unused session has ended", () => server.Closes.Count == 1);
        Assert.False(server.Sessions.First().IsOpen);
        Assert.Equal("4a", await polling.ReceiveAsync());
        Assert.Contains("Session ID unknown", await (await silent.GetAsync()).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_are_kept_as_far_as_there_is_room_and_the_wanted_ones_first()
    {
        await using var server = await EchoServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Polling);

        for (var i = 0; i < 20; i++)
        {
            request.Headers.Add($"X-Filler-{i}", new string('x', 1100));
        }

        request.Headers.Add("X-After", "small");
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.Add("User-Agent", "Test/1.0");
        (await server.Http.SendAsync(request)).Dispose();

        var headers = Assert.Single(server.Sessions).Handshake.Headers;

        Assert.Equal("session=secret", headers["cookie"]);
        Assert.Equal("Test/1.0", headers["User-Agent"]);
        Assert.Equal("small", headers["x-after"]);
        Assert.InRange(headers.Keys.Count(static name => name.StartsWith("X-Filler", StringComparison.Ordinal)), 5, 8);
        Assert.InRange(headers.Sum(static header => header.Key.Length + header.Value.ToString().Length), 5000, 8 * 1024);
        Assert.Equal(headers.Count, headers.ToList().Count);
    }

    [Fact]
    public void Headers_come_back_as_they_were()
    {
        var headers = new HandshakeHeaders(
        [
            new("X-Two", new(["a", "b"])), new("x-two", "c"), new("X-Empty", ""), new("X-Unicode", "é😀"), new("X-Huge", new string('x', 70_000)), new("Upgrade", "websocket"),
        ]);

        Assert.Equal("a,b,c", headers["X-TWO"].ToString());
        Assert.Equal("", headers["x-empty"]);
        Assert.Equal("é😀", headers["X-Unicode"]);
        Assert.False(headers.ContainsKey("X-Huge"));
        Assert.False(headers.ContainsKey("Upgrade"));
        Assert.Throws<KeyNotFoundException>(() => headers["missing"]);
    }

    [Fact]
    public async Task An_address_that_is_too_long_is_refused()
    {
        await using var server = await EchoServer.StartAsync();

        Assert.Equal(200, (int)(await server.Http.GetAsync($"{Polling}&x={new string('x', 4000)}")).StatusCode);
        Assert.Equal(414, (int)(await server.Http.GetAsync($"{Polling}&x={new string('x', 8500)}")).StatusCode);
    }

    private sealed class RefusedConnections : IDisposable
    {
        private readonly MeterListener _listener = new();

        public RefusedConnections()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "salon.engineio.connections.refused")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Limits.Add(tags[0].Value?.ToString() ?? ""));
            _listener.Start();
        }

        public System.Collections.Concurrent.ConcurrentBag<string> Limits { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
