using System.Net;
using System.Net.WebSockets;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Requests of long-polling may arrive at any server of a cluster.</summary>
public class AnyServerTests
{
    public static TheoryData<RedisAdapterKind> Kinds => [RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Everything_arrives_once_and_in_order_while_requests_go_from_server_to_server(RedisAdapterKind kind)
    {
        const int Count = 2000;

        await using var cluster = await ClusterTrio.StartAsync(kind);
        await using var person = await Person.ConnectAsync(cluster.Proxy.Uri, "polling", "room");

        // Of the server that has the session, so that no adapter is asked to keep an order.
        var home = cluster.Servers.Single(static server => server.IO.Engine.ClientsCount == 1);
        var emitting = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await home.IO.To("room").Local.EmitAsync("n", i);

                if (i % 20 == 0)
                {
                    await Task.Yield();
                }
            }
        });

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(2, (await person.AskAsync("my rooms"))[0].GetArrayLength());
        }

        await emitting;
        await Eventually.Async("all have arrived", () => person.Events.Count >= Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"[\"n\",{i}]"), person.Events);
        Assert.True(cluster.Servers.Select((_, i) => cluster.Forwarded(i).Answered).Sum() > 200);
        Assert.Equal(0, cluster.Servers.Select((_, i) => cluster.Forwarded(i).Failed).Sum());
    }

    [Fact]
    public async Task A_session_that_began_a_moment_after_its_server_is_found()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic, configureRedis: static options => options.MemberTimeout = TimeSpan.FromMinutes(1));
        await using var second = await ClusterServer.StartAsync(redis.Url, RedisAdapterKind.Classic, configureRedis: static options => options.MemberTimeout = TimeSpan.FromMinutes(1));

        // The first renews its lease, and looks around, in 15 seconds again.
        await Eventually.Async("the second is there", async () => await redis.CommandAsync("ZCARD socket.io:members") == ":2");
        await using var client = await RawPollingClient.OpenAsync(second.Uri, "/socket.io/");
        using var http = new HttpClient();
        using var posted = await http.PostAsync(new Uri(first.Uri, client.Url), new StringContent("40")).Soon();

        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Sessions_that_never_were_are_unknown_and_hardly_make_redis_work()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        var id = session.Client.SessionId;
        var before = await CountPublishedAsync(cluster);

        for (var i = 0; i < 100; i++)
        {
            await ClusterTrio.AssertUnknownAsync(await cluster.SendAsync(1, HttpMethod.Get, i % 2 == 0 ? "abc" : "__proto__"));
        }

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            await ClusterTrio.AssertUnknownAsync(await cluster.SendAsync(1, HttpMethod.Get, Convert.ToBase64String(Guid.NewGuid().ToByteArray().AsSpan(0, 15)).Replace('/', '_').Replace('+', '-')))));

        Assert.InRange(await CountPublishedAsync(cluster) - before, 0, 3);

        // One that knows how ids end still has to guess how they begin, and ids that no server made are not asked for.
        for (var i = 0; i < 20; i++)
        {
            await ClusterTrio.AssertUnknownAsync(await cluster.SendAsync(1, i % 2 == 0 ? HttpMethod.Get : HttpMethod.Post, $"{i:x16}{id[16..]}", "40"));
            await ClusterTrio.AssertUnknownAsync(await cluster.SendAsync(0, HttpMethod.Get, $"{i:x16}{id[16..]}"));
        }

        Assert.InRange(await CountPublishedAsync(cluster) - before, 0, 3);
        Assert.StartsWith("431[", await session.AskAsync("""421["my rooms"]"""));
    }

    [Fact]
    public async Task Nobody_learns_from_one_id_how_another_begins()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        var ids = new HashSet<string>();

        for (var i = 0; i < 20; i++)
        {
            await using var client = await RawPollingClient.OpenAsync(cluster.Servers[0].Uri, "/socket.io/");
            Assert.Matches("^[A-Za-z0-9_-]{20}$", client.SessionId);
            Assert.True(ids.Add(client.SessionId[..4]));
        }
    }

    [Fact]
    public async Task A_large_post_is_taken_elsewhere_and_one_that_is_too_large_is_refused_there()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        var text = new string('x', 990_000);

        using var tooLarge = await session.PostAsync($"""42["join","{text}{text}"]""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Equal("430[]", await session.AskAsync($"""420["join","{text}"]"""));
        Assert.Contains(text, await session.AskAsync("""421["my rooms"]"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_may_be_on_its_way_waits_and_is_not_lost()
    {
        await using var cluster = await ClusterTrio.StartAsync(configureRedis: static options => options.MaxForwardedBytes = 1_000_000);
        var text = new string('x', 900_000);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using var session = await cluster.OpenAsync(i % 3, (i + 1) % 3);
            Assert.Equal("430[]", await session.AskAsync($"""420["join","{text}"]"""));
            Assert.Contains(text, await session.AskAsync("""421["my rooms"]"""), StringComparison.Ordinal);
        }));
    }

    [Fact]
    public async Task A_client_that_goes_away_during_its_poll_elsewhere_ends_its_session_at_once()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        using var gone = new CancellationTokenSource();

        var poll = session.GetAsync(gone.Token);
        await Eventually.Async("the poll waits", () => cluster.Forwarded(1).Waiting == 1 && cluster.Forwarded(0).Served == 1);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Eventually.Async("the session has ended", () => cluster.Servers[0].IO.Engine.ClientsCount == 0, TimeSpan.FromSeconds(3));
        await Eventually.Async("nothing waits", () => cluster.Forwarded(1).Waiting == 0);
        await ClusterTrio.AssertUnknownAsync(await session.GetAsync());
    }

    [Fact]
    public async Task A_websocket_elsewhere_is_refused_and_the_session_goes_on()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        var address = new UriBuilder(session.Elsewhere) { Scheme = "ws", Query = session.Elsewhere.Query.Replace("polling", "websocket", StringComparison.Ordinal) }.Uri;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, default).Soon());

        Assert.Equal(HttpStatusCode.MisdirectedRequest, socket.HttpStatusCode);
        Assert.Equal("430[]", await session.AskAsync("""420["join","room"]"""));
    }

    [Fact]
    public async Task Other_methods_are_refused_where_they_arrive()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();

        using var response = await cluster.SendAsync(1, HttpMethod.Delete, session.Client.SessionId);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("430[]", await session.AskAsync("""420["join","room"]"""));
    }

    [Fact]
    public async Task Two_polls_at_two_servers_end_the_session_as_two_at_one_do()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();

        var first = session.GetAsync();
        await Eventually.Async("the poll waits", () => cluster.Forwarded(0).Served == 1);
        using var second = await cluster.SendAsync(2, HttpMethod.Get, session.Client.SessionId);

        // Whichever comes later is refused; the other learns that the session has ended.
        HttpResponseMessage[] both = [await first.Soon(), second];
        Assert.Single(both, static response => response.StatusCode == HttpStatusCode.BadRequest);
        Assert.Equal("1", await both.Single(static response => response.IsSuccessStatusCode).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_origin_is_checked_where_the_request_arrives_and_the_page_may_read_the_answer()
    {
        await using var cluster = await ClusterTrio.StartAsync(configure: static options => options.AllowOrigins("https://example.com"));
        await using var session = await cluster.OpenAsync();
        using var good = new HttpRequestMessage(HttpMethod.Post, session.Elsewhere) { Headers = { { "Origin", "https://example.com" } }, Content = new StringContent("""420["join","room"]""") };
        using var bad = new HttpRequestMessage(HttpMethod.Get, session.Elsewhere) { Headers = { { "Origin", "https://example.org" } } };

        using var refused = await session.Http.SendAsync(bad);
        using var taken = await session.Http.SendAsync(good);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("ok", await taken.Content.ReadAsStringAsync());
        Assert.Equal("https://example.com", Assert.Single(taken.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task The_answer_has_the_headers_and_the_encoding_that_it_would_have_there()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        cluster.Servers[0].IO.Engine.Headers += static context => context.Response.Headers["X-From"] = context.Request.Headers["X-To"].ToString() + context.Connection.RemoteIpAddress;
        await using var session = await cluster.OpenAsync();
        Assert.Equal("430[]", await session.AskAsync($"""420["join","{new string('x', 5000)}"]"""));
        using var posted = await session.PostAsync("""421["my rooms"]""");
        using var request = new HttpRequestMessage(HttpMethod.Get, session.Elsewhere) { Headers = { { "Accept-Encoding", "gzip" }, { "X-To", "you@" } } };

        using var response = await session.Http.SendAsync(request);

        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.Equal("you@127.0.0.1", Assert.Single(response.Headers.GetValues("X-From")));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.InRange(response.Content.Headers.ContentLength!.Value, 20, 1000);
    }

    [Fact]
    public async Task A_server_that_ends_lets_those_go_who_poll_there_for_the_sessions_of_others()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        var poll = session.GetAsync();
        await Eventually.Async("the poll waits", () => cluster.Forwarded(0).Served == 1);

        var stopping = cluster.Servers[1].StopAsync();

        Assert.Equal("6", await (await poll.Soon()).Content.ReadAsStringAsync());
        await stopping.Soon();
        Assert.True((await cluster.SendAsync(2, HttpMethod.Post, session.Client.SessionId, "42[\"heard\"]")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_server_that_ends_lets_the_polls_of_its_clients_go_wherever_they_wait()
    {
        await using var cluster = await ClusterTrio.StartAsync();
        await using var session = await cluster.OpenAsync();
        var poll = session.GetAsync();
        await Eventually.Async("the poll waits", () => cluster.Forwarded(0).Served == 1);

        await cluster.Servers[0].StopAsync();

        // Not a close, which clients take as final: the next poll is refused, and they come back.
        Assert.Equal("6", await (await poll.Soon()).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_forwarding_a_session_of_another_server_is_unknown()
    {
        await using var cluster = await ClusterTrio.StartAsync(configureRedis: static options => options.ForwardRequests = false);
        await using var session = await cluster.OpenAsync();

        await ClusterTrio.AssertUnknownAsync(await session.GetAsync());
        Assert.Equal(0, cluster.Forwarded(1).Answered);
    }

    private static async Task<long> CountPublishedAsync(ClusterTrio cluster)
    {
        var statistics = await cluster.Redis.TextAsync("INFO commandstats");
        var line = statistics.Split('\n').FirstOrDefault(static line => line.StartsWith("cmdstat_publish:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split("calls=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
