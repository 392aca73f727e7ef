using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Salon.EngineIO;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>What servers say to each other about requests, said by hand: again, too late, wrongly, or not at all.</summary>
public class ForwardingTests
{
    [Fact]
    public async Task A_post_that_comes_three_times_is_handled_once_and_answered_each_time()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        await using var client = await OpenAsync(server);

        for (var i = 1; i <= 3; i++)
        {
            await peer.RequestAsync(server, 7, client, "POST", """420["my rooms"]""");
            await peer.WaitForAsync(ForwardKind.Answer, i);
        }

        Assert.All(peer.Received, static answer => Assert.Equal("ok", Encoding.UTF8.GetString(answer.Body.Span)));
        Assert.StartsWith("430[", await client.ReceiveAsync());
        Assert.Equal("ok", await (await client.PostAsync("""421["heard"]""")).Content.ReadAsStringAsync());
        Assert.Equal("431[[]]", await client.ReceiveAsync());
    }

    [Fact]
    public async Task The_answer_to_a_poll_comes_again_until_somebody_has_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        await using var client = await OpenAsync(server);

        await peer.RequestAsync(server, 1, client, "GET");
        await peer.WaitForAsync(ForwardKind.Taken);
        await server.IO.EmitAsync("news");
        await peer.WaitForAsync(ForwardKind.Answer, 3);
        await peer.SayAsync(server, ForwardKind.Written, 1);

        Assert.All(peer.Received.Where(static message => message.Kind == ForwardKind.Answer), static answer => Assert.Equal("""42["news"]""", Encoding.UTF8.GetString(answer.Body.Span)));
        await peer.RequestAsync(server, 2, client, "POST", """421["my rooms"]""");
        Assert.StartsWith("431[", await client.ReceiveAsync());
        Assert.Equal(1, server.IO.Engine.ClientsCount);
    }

    [Fact]
    public async Task An_answer_that_the_client_did_not_get_ends_the_session()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        await using var client = await OpenAsync(server);
        await peer.RequestAsync(server, 1, client, "GET");
        await peer.WaitForAsync(ForwardKind.Taken);

        await server.IO.EmitAsync("news");
        await peer.WaitForAsync(ForwardKind.Answer);
        Assert.Equal(1, server.IO.Engine.ClientsCount);
        await peer.SayAsync(server, ForwardKind.Gone, 1);

        await Eventually.Async("the session has ended", () => server.IO.Engine.ClientsCount == 0);
    }

    [Fact]
    public async Task The_sessions_of_clients_that_polled_at_a_server_that_is_gone_end()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        await using var client = await OpenAsync(server);
        await peer.RequestAsync(server, 1, client, "GET");
        await peer.WaitForAsync(ForwardKind.Taken);

        await redis.CommandAsync($"ZREM socket.io:members {ForwardPeer.Id}");

        await Eventually.Async("the session has ended", () => server.IO.Engine.ClientsCount == 0);
    }

    [Fact]
    public async Task Whoever_waits_for_a_server_that_dies_hears_at_once_that_the_session_is_unknown()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        using var http = new HttpClient();
        var address = new Uri(server.Uri, $"/socket.io/?EIO=4&transport=polling&sid={SessionTag.CreateId(ForwardPeer.Id)}");
        var poll = http.GetAsync(address);
        await peer.WaitForAsync(ForwardKind.Request, 2);

        await redis.CommandAsync($"ZREM socket.io:members {ForwardPeer.Id}");

        await ClusterTrio.AssertUnknownAsync(await poll.Soon());
        await ClusterTrio.AssertUnknownAsync(await http.GetAsync(address));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    [InlineData(null)]
    public async Task A_made_up_id_is_refused_before_its_body_is_read(string? made)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);

        // Not even the ids of a real server help to make another.
        var real = SessionTag.CreateId(ForwardPeer.Id);
        var id = made ?? (real[0] == 'A' ? 'B' : 'A') + real[1..];
        using var connection = await RawConnection.ConnectAsync(server.Uri);

        var head = await connection.RequestAsync($"POST /socket.io/?EIO=4&transport=polling&sid={id} HTTP/1.1", "Content-Length: 950000\r\n");

        Assert.StartsWith("HTTP/1.1 400", head);
        Assert.Empty(peer.Received);
    }

    [Fact]
    public void An_id_shows_its_server_and_no_other()
    {
        var id = SessionTag.CreateId("0123456789abcdef");

        Assert.Equal(20, id.Length);
        Assert.True(SessionTag.IsId(id));
        Assert.True(SessionTag.IsFrom(id, "0123456789abcdef"));
        Assert.False(SessionTag.IsFrom(id, "0123456789abcdee"));
        Assert.NotEqual(id, SessionTag.CreateId("0123456789abcdef"));
        Assert.False(SessionTag.IsId(id + "A"));
        Assert.False(SessionTag.IsId("!" + id[1..]));
    }

    [Fact]
    public async Task An_answer_that_comes_again_is_written_once_and_one_that_nobody_waits_for_is_said_to_be_lost()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        using var http = new HttpClient();
        var poll = http.GetAsync(new Uri(server.Uri, $"/socket.io/?EIO=4&transport=polling&sid={SessionTag.CreateId(ForwardPeer.Id)}"));
        await peer.WaitForAsync(ForwardKind.Request);
        var id = peer.Received.First().Id;
        var answer = new ForwardMessage(ForwardKind.Answer, ForwardPeer.Id, id) { Status = 200, Body = "4hello"u8.ToArray() };

        await peer.SendAsync(server, answer);
        await peer.WaitForAsync(ForwardKind.Written);
        await peer.SendAsync(server, answer);
        await peer.WaitForAsync(ForwardKind.Written, 2);
        await peer.SendAsync(server, answer with { Id = id + 1000 });
        await peer.WaitForAsync(ForwardKind.Gone);

        Assert.Equal("4hello", await (await poll.Soon()).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Too_many_at_a_time_are_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic, configureRedis: static options => options.MaxForwardedRequests = 1);
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        using var http = new HttpClient();
        using var gone = new CancellationTokenSource();
        var address = new Uri(server.Uri, $"/socket.io/?EIO=4&transport=polling&sid={SessionTag.CreateId(ForwardPeer.Id)}");
        var poll = http.GetAsync(address, gone.Token);
        await peer.WaitForAsync(ForwardKind.Request);

        using var second = await http.GetAsync(address);
        await gone.CancelAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        await peer.WaitForAsync(ForwardKind.Gone);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
    }

    [Fact]
    public async Task Nonsense_on_the_channel_is_counted_and_changes_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        server.Logs.Expect("could not be read");
        await using var peer = await ForwardPeer.JoinAsync(redis, server);
        await using var client = await OpenAsync(server);

        await redis.CommandAsync($"PUBLISH socket.io-http#{server.Members.Self}# nonsense");
        await peer.SayAsync(server, ForwardKind.Written, 99);
        await peer.SayAsync(server, ForwardKind.Taken, 99);
        await peer.SayAsync(server, ForwardKind.Ask, 99);
        await peer.WaitForAsync(ForwardKind.Unknown);

        await peer.RequestAsync(server, 7, client, "POST", """420["my rooms"]""");
        await peer.WaitForAsync(ForwardKind.Answer);
    }

    [Fact]
    public void A_message_that_is_cut_off_or_too_long_is_no_message()
    {
        var whole = ForwardCodec.Encode(new ForwardMessage(ForwardKind.Request, "me", 5)
        {
            Request = new RequestHead("POST", "https", "host", "/p", "?q", "::1"),
            Headers = [new("A", "é"), new("B", "")],
            Body = "body"u8.ToArray(),
        });
        var read = ForwardCodec.Decode(whole);

        Assert.Equal("é", read.Headers[0].Value);
        Assert.Equal("::1", read.Request!.RemoteAddress);
        Assert.Equal("body", Encoding.UTF8.GetString(read.Body.Span));
        Assert.Throws<FormatException>(() => ForwardCodec.Decode([.. whole, 0]));

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<FormatException>(() => ForwardCodec.Decode(whole.AsSpan(0, length)));
        }

        var random = new Random(1);

        for (var i = 0; i < 20_000; i++)
        {
            var broken = (byte[])whole.Clone();
            broken[random.Next(2, broken.Length)] = (byte)random.Next(256);
            broken[random.Next(2, broken.Length)] = (byte)random.Next(256);

            try
            {
                ForwardCodec.Decode(broken);
            }
            catch (FormatException)
            {
                // What it says.
            }
        }
    }

    [Fact]
    public async Task Bytes_are_given_in_order_and_none_to_those_who_have_given_up()
    {
        var budget = new ByteBudget(10);
        using var given = new CancellationTokenSource();
        await budget.AcquireAsync(8, default);
        var first = budget.AcquireAsync(5, given.Token);
        var second = budget.AcquireAsync(10, default);
        var third = budget.AcquireAsync(1, default);

        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        budget.Release(8);
        await second.Soon();
        Assert.False(third.IsCompleted);
        budget.Release(10);
        await third.Soon();
        await budget.AcquireAsync(9, default).Soon();
    }

    [Fact]
    public async Task A_forwarder_belongs_to_one_server()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic);
        var forwarder = server.Services.GetRequiredService<IRequestForwarder>();

        Assert.Throws<InvalidOperationException>(() => new EngineServer(new EngineIOOptions(), static _ => null!, server.Services, forwarder));
    }

    private static async Task<RawPollingClient> OpenAsync(ClusterServer server)
    {
        var client = await RawPollingClient.OpenAsync(server.Uri, "/socket.io/");
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReceiveAsync());
        return client;
    }
}
