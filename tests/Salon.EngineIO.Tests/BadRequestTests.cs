using System.Net;
using System.Text;
using Salon.Tests;

namespace Salon.EngineIO.Tests;

/// <summary>Polling requests that break a rule or a limit. None throws, none costs memory, none disturbs another session.</summary>
public class BadRequestTests
{
    [Fact]
    public async Task A_second_poll_ends_the_session_and_the_first_gets_a_close()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        var polls = await Task.WhenAll(client.GetAsync(), client.GetAsync()).Soon();
        using var late = await client.GetAsync();

        var released = Assert.Single(polls, poll => poll.StatusCode == HttpStatusCode.OK);
        Assert.Equal("1", await released.Content.ReadAsStringAsync());
        Assert.Single(polls, poll => poll.StatusCode == HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task An_aborted_poll_ends_the_session()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var connection = await RawConnection.ConnectAsync(server.Uri);
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {client.Url} HTTP/1.1\r\nHost: localhost\r\n\r\n"));

        connection.Dispose();

        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
        using var late = await client.GetAsync();
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task A_second_post_while_one_is_being_read_ends_the_session()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var first = await RawConnection.ConnectAsync(server.Uri);
        await first.SendAsync(Encoding.ASCII.GetBytes($"POST {client.Url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n4hal"));
        await Eventually.Async("it is being read", () => server.Sessions.First().Polling!.Posts.Count == 1);

        using var second = await client.PostAsync("4overlapping");

        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
        Assert.Empty(server.Received);
    }

    // Its client may know already that it has arrived: what the packets brought about came with the poll.
    [Fact]
    public async Task Posts_wait_while_the_packets_of_the_one_before_are_handled()
    {
        var gate = new TaskCompletionSource();
        await using var server = await EchoServer.StartAsync(onMessage: (_, _) => gate.Task);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var first = client.PostAsync("4first");
        await Eventually.Async("the first is being handled", () => server.Received.Count == 1);

        var second = client.PostAsync("4second");
        var third = client.PostAsync("4third");
        await Eventually.Async("they wait", () => server.Sessions.First().Polling!.Posts.Count == 3);
        gate.SetResult();
        var answers = await Task.WhenAll(first, second, third).Soon();

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(["first", "second", "third"], server.Received.Order());
        Assert.Equal("first", server.Received.First());
    }

    [Fact]
    public async Task Too_many_waiting_posts_end_the_session()
    {
        var gate = new TaskCompletionSource();
        await using var server = await EchoServer.StartAsync(onMessage: (_, _) => gate.Task);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var first = client.PostAsync("4first");
        await Eventually.Async("the first is being handled", () => server.Received.Count == 1);

        var others = Enumerable.Range(0, 17).Select(_ => client.PostAsync("4more")).ToList();
        using var refused = await (await Task.WhenAny(others).Soon());
        gate.SetResult();

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
        await Task.WhenAll([first, .. others]).Soon();
        Assert.Equal(["first"], server.Received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_post_of_ten_megabytes_is_refused_while_it_is_read_and_the_session_lives(bool hasLength)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using HttpContent body = hasLength ? new ByteArrayContent(new byte[10_000_000]) : new StreamContent(new EndlessStream(10_000_000));

        using var response = await client.PostAsync(body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await client.SendAsync("4still here");
        Assert.Equal("4still here", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_post_of_the_limit_is_read_and_one_byte_more_is_not()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxHttpBufferSize = 1000);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var fits = await client.PostAsync("4" + new string('x', 999));
        using var tooLarge = await client.PostAsync("4" + new string('x', 1000));

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task A_body_over_kestrels_own_limit_is_read_when_the_option_allows_it()
    {
        await using var server = await EchoServer.StartAsync(options => options.MaxHttpBufferSize = 50_000_000);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var response = await client.PostAsync("4" + new string('x', 40_000_000));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(40_000_000, Assert.Single(server.Received).Length);
    }

    [Fact]
    public async Task A_post_that_is_cut_off_ends_the_session()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        var connection = await RawConnection.ConnectAsync(server.Uri);
        await connection.SendAsync(Encoding.ASCII.GetBytes($"POST {client.Url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n4half"));

        connection.Dispose();

        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
        Assert.Empty(server.Received);
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("4hello\u001e")]
    [InlineData("\u001e\u001e\u001e")]
    [InlineData("9")]
    public async Task A_malformed_payload_is_refused_and_ends_the_session(string payload)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var response = await client.PostAsync(payload);
        using var late = await client.GetAsync();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"code":3,"message":"Bad request"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task The_binary_payloads_of_the_old_protocol_are_refused()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var body = new ByteArrayContent([0, 1, 0xff, (byte)'4']);
        body.Headers.ContentType = new("application/octet-stream");

        using var response = await client.PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(CloseReason.TransportError, await server.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_form_without_its_field_is_malformed_json_p()
    {
        await using var server = await EchoServer.StartAsync(options => options.AllowJsonp = true);
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var response = await server.Http.PostAsync($"{client.Url}&j=0", new StringContent("x=1"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(CloseReason.ParseError, await server.WaitForCloseAsync());
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task A_verb_that_means_nothing_is_told_which_do_and_the_session_lives(string method)
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);
        using var request = new HttpRequestMessage(new HttpMethod(method), client.Url);

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "POST"], response.Content.Headers.Allow);
        await client.SendAsync("4still here");
        Assert.Equal("4still here", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_websocket_session_cannot_be_polled()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawWebSocketClient.OpenAsync(server.Uri);

        using var response = await server.Http.GetAsync($"{EchoServer.Path}?EIO=4&transport=polling&sid={client.SessionId}");

        Assert.Equal("""{"code":3,"message":"Bad request"}""", await response.Content.ReadAsStringAsync());
        await client.SendAsync("4still here");
        Assert.Equal("4still here", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_session_of_version_4_is_not_continued_in_another()
    {
        await using var server = await EchoServer.StartAsync();
        await using var client = await RawPollingClient.OpenAsync(server.Uri);

        using var response = await server.Http.GetAsync(client.Url.Replace("EIO=4", "EIO=3", StringComparison.Ordinal));

        Assert.Equal("""{"code":3,"message":"Bad request"}""", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Bytes whose number nobody says beforehand.</summary>
    private sealed class EndlessStream(int length) : MemoryStream(new byte[length], writable: false)
    {
        public override bool CanSeek => false;
    }
}
