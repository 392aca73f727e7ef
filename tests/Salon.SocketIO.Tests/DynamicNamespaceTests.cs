using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Namespaces that clients make by joining them.</summary>
public class DynamicNamespaceTests
{
    [Theory]
    [EachTransport]
    public async Task A_namespace_that_fits_the_pattern_is_made_and_one_that_does_not_is_refused(string transport)
    {
        await using var server = await StartAsync(io => Answer(io.Of(new Regex("^/game-[0-9]+$"))));
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/game-1,", "42/game-1,1[\"where\"]");
        Assert.StartsWith("40/game-1,{\"sid\":", await client.ReceiveAsync());
        Assert.Equal("43/game-1,1[\"/game-1\"]", await client.ReceiveAsync());

        await client.SendAsync("40/game-x,");
        Assert.Equal("44/game-x,{\"message\":\"Invalid namespace\"}", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_predicate_sees_the_name_and_what_the_client_says_of_itself(string transport)
    {
        var asked = new List<string>();
        await using var server = await StartAsync(io => Answer(io.Of(async (name, auth) =>
        {
            await Task.Yield();
            asked.Add($"{name} {auth}");
            return auth.TryGetProperty("token", out var token) && token.GetString() == "secret";
        })));
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/a,");
        Assert.StartsWith("44/a,", await client.ReceiveAsync());
        await client.SendAsync("40/a,{\"token\":\"secret\"}");
        Assert.StartsWith("40/a,{\"sid\":", await client.ReceiveAsync());

        await using var other = await server.OpenAsync(transport);
        await other.SendAsync("40/a,");
        Assert.StartsWith("40/a,{\"sid\":", await other.ReceiveAsync());
        Assert.Equal(["/a {}", "/a {\"token\":\"secret\"}"], asked);
    }

    [Theory]
    [EachTransport]
    public async Task A_predicate_that_throws_refuses_and_is_logged(string transport)
    {
        await using var server = await StartAsync(io => io.Of((_, _) => throw new InvalidOperationException("secret")));
        server.Logs.Expect("predicate");
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/a,");

        Assert.Equal("44/a,{\"message\":\"Invalid namespace\"}", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_whose_making_throws_is_refused_and_logged_and_made_by_the_next_who_asks(string transport)
    {
        var made = 0;
        await using var server = await StartAsync(io =>
        {
            Answer(io.Of(new Regex("^/game-")));
            io.NamespaceCreated += _ =>
            {
                if (++made == 1)
                {
                    throw new InvalidOperationException("secret");
                }
            };
        });
        server.Logs.Expect("could not be made");
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync("40/game-1,");
        Assert.Equal("44/game-1,{\"message\":\"Invalid namespace\"}", await client.ReceiveAsync());

        await client.SendAsync("40/game-1,", "42/game-1,1[\"where\"]");
        Assert.StartsWith("40/game-1,{\"sid\":", await client.ReceiveAsync());
        Assert.Equal("43/game-1,1[\"/game-1\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Parents_are_tried_in_order_and_what_they_have_holds_for_their_children(string transport)
    {
        var calls = new List<string>();
        await using var server = await StartAsync(io =>
        {
            var first = io.Of(new Regex("^/a-"));
            first.Use(_ =>
            {
                calls.Add("first's middleware");
                return (ConnectError?)null;
            });
            io.Of(new Regex("^/")).OnConnection(_ => calls.Add("second"));
            io.NamespaceCreated += created => calls.Add($"created {created.Name}");
            first.OnConnection(socket => calls.Add($"first {socket.Namespace.Name}"));
        });

        await using var client = await server.ConnectAsync(transport, "/a-1");
        await Eventually.Async("the handler was called", () => calls.Count == 3);
        await using var other = await server.ConnectAsync(transport, "/b");
        await Eventually.Async("the other handler was called", () => calls.Count == 5);

        Assert.Equal(["created /a-1", "first's middleware", "first /a-1", "created /b", "second"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task What_is_sent_to_the_parent_reaches_all_children(string transport)
    {
        ParentNamespace parent = null!;
        await using var server = await StartAsync(io => Answer(parent = io.Of(new Regex("^/game-"))));
        await using var first = await server.ConnectAsync(transport, "/game-1");
        await using var second = await server.ConnectAsync(transport, "/game-2");
        var everybody = parent.Except("nobody");

        await parent.EmitAsync("news", 1);
        await everybody.EmitAsync("news", 2);
        await parent.To(server.LastSocket("/game-2").Id).EmitAsync("news", 3);
        await parent.EmitAsync("end");

        Assert.Equal(["42/game-1,[\"news\",1]", "42/game-1,[\"news\",2]", "42/game-1,[\"end\"]"], await ReceiveAsync(first, 3));
        Assert.Equal(["42/game-2,[\"news\",1]", "42/game-2,[\"news\",2]", "42/game-2,[\"news\",3]", "42/game-2,[\"end\"]"], await ReceiveAsync(second, 4));
        Assert.Equal(2, (await parent.FetchSocketsAsync()).Count);
        Assert.Equal(["/game-1", "/game-2"], parent.Children.Select(child => child.Name).Order());
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_goes_with_its_last_client_and_comes_back_empty(string transport)
    {
        var created = 0;
        ParentNamespace parent = null!;
        await using var server = await StartAsync(io =>
        {
            parent = io.Of(new Regex("^/game-"));
            io.NamespaceCreated += _ => created++;
        });
        await using var first = await server.ConnectAsync(transport, "/game-1");
        await using var second = await server.ConnectAsync(transport, "/game-1");

        await first.SendAsync("41/game-1,");
        await Eventually.Async("one is left", () => server.IO.Of("/").Server.Namespaces.Single(space => space.Name == "/game-1").Sockets.Count == 1);
        await second.SendAsync("1");
        await Eventually.Async("the namespace is gone", () => parent.Children.Count == 0);
        Assert.DoesNotContain(server.IO.Namespaces, space => space.Name == "/game-1");

        await first.SendAsync("40/game-1,");
        Assert.StartsWith("40/game-1,{\"sid\":", await first.ReceiveAsync());
        Assert.Equal(2, created);
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_whose_only_candidate_was_refused_goes_too(string transport)
    {
        ParentNamespace parent = null!;
        await using var server = await StartAsync(io => (parent = io.Of(new Regex("^/game-"))).Use(_ => new ConnectError("no")));
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync([.. Enumerable.Range(0, 200).Select(i => $"40/game-{i},")]);

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal($"44/game-{i},{{\"message\":\"no\"}}", await client.ReceiveAsync());
        }

        await Eventually.Async("no namespace is left", () => parent.Children.Count == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_namespace_that_the_program_asked_for_or_wants_to_keep_stays(bool isPinned)
    {
        ParentNamespace parent = null!;
        await using var server = await StartAsync(
            io => parent = io.Of(new Regex("^/game-")),
            options => options.CleanupEmptyChildNamespaces = isPinned);
        var asked = isPinned ? server.IO.Of("/game-1") : null;
        var client = await server.ConnectAsync("websocket", "/game-1");
        await client.DisposeAsync();
        await Eventually.Async("nobody is left", () => server.IO.Engine.ClientsCount == 0);

        var child = Assert.Single(parent.Children);
        Assert.True(asked is null || asked == child);
        Assert.Same(parent, child.Parent);
        await using var back = await server.ConnectAsync("polling", "/game-1");
        Assert.Single(child.Sockets);
    }

    [Fact]
    public async Task Coming_and_going_at_once_leaves_nobody_outside()
    {
        ParentNamespace parent = null!;
        await using var server = await StartAsync(io => Answer(parent = io.Of(new Regex("^/game-"))));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            await using var client = await server.OpenAsync("websocket");

            for (var i = 0; i < 100; i++)
            {
                await client.SendAsync("40/game-1,");
                Assert.StartsWith("40/game-1,{\"sid\":", await client.ReceiveAsync());
                await client.SendAsync("42/game-1,1[\"where\"]");
                Assert.Equal("43/game-1,1[\"/game-1\"]", await client.ReceiveAsync());
                await client.SendAsync("41/game-1,");
            }
        })));

        await Eventually.Async("the namespace is gone", () => parent.Children.Count == 0);
    }

    [Theory]
    [EachTransport]
    public async Task Closing_the_server_disconnects_everybody_and_the_web_server_goes_on(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await server.IO.CloseAsync();
        await server.IO.CloseAsync();

        Assert.Null(await client.ReceiveAsync());
        using var response = await server.Http.GetAsync(SocketServer.Path + "socket.io.js");
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<SocketServer> StartAsync(Action<SocketIOServer> add, Action<SocketIOOptions>? configure = null) =>
        SocketServer.StartAsync(answers: false, add: add, configure: configure);

    private static void Answer(ParentNamespace parent) =>
        parent.OnConnection(socket => socket.On("where", (Ack ack) => ack.SendAsync(socket.Namespace.Name)));

    private static async Task<List<string?>> ReceiveAsync(RawClient client, int count)
    {
        var received = new List<string?>();

        while (received.Count < count)
        {
            received.Add(await client.ReceiveAsync());
        }

        return received;
    }
}
