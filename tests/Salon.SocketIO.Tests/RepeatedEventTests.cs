using System.Collections.Concurrent;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Events that clients send again because they got no answer: handled once, answered each time.</summary>
public class RepeatedEventTests
{
    [Theory]
    [EachTransport]
    public async Task An_event_that_comes_again_is_answered_and_not_handled(string transport)
    {
        var handled = new ConcurrentQueue<(int, string)>();
        await using var server = await StartAsync(socket => socket.On("pay", (int amount, IdempotencyKey id, Ack ack) =>
        {
            handled.Enqueue((amount, id.Value));
            return ack.SendAsync(handled.Count, new byte[] { 7 });
        }));
        using var counted = new CounterWatcher(server, "salon.socketio.events.repeated");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay",10,"a"]""", """421["pay",10,"a"]""", """422["pay",10,"b"]""", """423["pay",5,7]""", """424["pay",5,"7"]""");

        foreach (var (ack, count) in new[] { (0, 1), (1, 1), (2, 2), (3, 3), (4, 3) })
        {
            Assert.Equal($"461-{ack}[{count},{{\"_placeholder\":true,\"num\":0}}]", await client.ReceiveAsync());
            Assert.Equal("bBw==", await client.ReceiveAsync());
        }

        Assert.Equal([(10, "a"), (10, "b"), (5, "7")], handled);
        Assert.Equal(2, counted.Sum);
    }

    [Theory]
    [EachTransport]
    public async Task One_that_comes_again_before_the_answer_gets_it_too(string transport)
    {
        var acks = new ConcurrentQueue<Ack>();
        await using var server = await StartAsync(socket =>
        {
            socket.On("pay", (IdempotencyKey _, Ack ack) => acks.Enqueue(ack));
            socket.On("answer", () => acks.Single().SendAsync("paid"));
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""", """421["pay","a"]""", """422["pay","a"]""", """42["answer"]""", """423["pay","a"]""");

        foreach (var ack in new[] { 0, 1, 2, 3 })
        {
            Assert.Equal($"43{ack}[\"paid\"]", await client.ReceiveAsync());
        }
    }

    [Theory]
    [EachTransport]
    public async Task One_that_comes_again_with_the_same_number_is_not_handled_either(string transport)
    {
        var calls = 0;
        await using var server = await StartAsync(socket => socket.On("pay", (IdempotencyKey _, Ack ack) => ack.SendAsync(++calls)));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""", """420["pay","a"]""", """420["pay","b"]""");

        Assert.Equal("430[1]", await client.ReceiveAsync());
        Assert.Equal("430[1]", await client.ReceiveAsync());
        Assert.Equal("430[2]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_large_answer_makes_no_other_forgotten(string transport)
    {
        var calls = 0;
        await using var server = await StartAsync(socket =>
        {
            socket.On("pay", (IdempotencyKey _, Ack ack) => ack.SendAsync(++calls));
            socket.On("export", (IdempotencyKey _, Ack ack) => ack.SendAsync(new string('x', 70_000)));
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""", """421["export","b"]""", """422["pay","a"]""");

        Assert.Equal("430[1]", await client.ReceiveAsync());
        Assert.StartsWith("431[\"xxx", await client.ReceiveAsync());
        Assert.Equal("432[1]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task One_whose_handler_threw_is_handled_again(string transport)
    {
        var tries = 0;
        await using var server = await StartAsync(socket => socket.On("pay", async (IdempotencyKey _, Ack ack) =>
        {
            if (++tries < 3)
            {
                throw tries == 1 ? new InvalidOperationException() : new SocketIOException("busy", "later");
            }

            await ack.SendAsync(tries);
        }));
        server.Logs.Expect("pay");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""", """421["pay","a"]""", """422["pay","a"]""", """423["pay","a"]""");

        Assert.Contains("internal_error", await client.ReceiveAsync());
        Assert.Contains("busy", await client.ReceiveAsync());
        Assert.Equal("432[3]", await client.ReceiveAsync());
        Assert.Equal("433[3]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task One_that_was_told_to_try_again_later_is_handled_again(string transport)
    {
        var tries = 0;
        await using var server = await StartAsync(socket => socket.On("pay", (IdempotencyKey _, Ack ack) =>
            ++tries == 1 ? ack.SendErrorAsync("rate_limited", "Slowly.", TimeSpan.FromSeconds(2)) : ack.SendErrorAsync("broke", "No money.")));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""", """421["pay","a"]""", """422["pay","a"]""");

        Assert.Contains("rate_limited", await client.ReceiveAsync());
        Assert.Contains("broke", await client.ReceiveAsync());
        Assert.Contains("broke", await client.ReceiveAsync());
        Assert.Equal(2, tries);
    }

    [Theory]
    [EachTransport]
    public async Task One_that_was_told_to_try_again_later_by_the_first_of_two_handlers_is_handled_again_by_both(string transport)
    {
        var calls = new ConcurrentQueue<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.On("pay", (IdempotencyKey _, Ack ack) =>
            {
                calls.Enqueue("first");
                return ack.SendErrorAsync("rate_limited", "Slowly.", TimeSpan.FromSeconds(2));
            });
            socket.On("pay", (IdempotencyKey _) => calls.Enqueue("second"));
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""420["pay","a"]""");
        Assert.StartsWith("430", await client.ReceiveAsync());
        await client.SendAsync("""421["pay","a"]""");
        Assert.StartsWith("431", await client.ReceiveAsync());

        await Eventually.Async("all are called", () => calls.Count == 4);
        Assert.Equal(["first", "second", "first", "second"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task Names_and_sockets_have_ids_of_their_own_and_all_handlers_are_called(string transport)
    {
        var calls = new ConcurrentQueue<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.On("a", (IdempotencyKey _, Ack ack) => { calls.Enqueue("a1"); return ack.SendAsync(); });
            socket.On("a", (IdempotencyKey _) => calls.Enqueue("a2"));
            socket.On("b", (IdempotencyKey _, Ack ack) => { calls.Enqueue("b"); return ack.SendAsync(); });
        });
        await using var first = await server.ConnectAsync(transport);
        await using var second = await server.ConnectAsync(transport);

        await first.SendAsync("""420["a","x"]""", """421["b","x"]""", """422["a","x"]""");
        Assert.Equal("430[]", await first.ReceiveAsync());
        Assert.Equal("431[]", await first.ReceiveAsync());
        Assert.Equal("432[]", await first.ReceiveAsync());
        await second.SendAsync("""420["a","x"]""", """421["b","x"]""");
        Assert.Equal("430[]", await second.ReceiveAsync());
        Assert.Equal("431[]", await second.ReceiveAsync());

        Assert.Equal(["a1", "a2", "b", "a1", "a2", "b"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task Without_an_ack_nothing_is_remembered(string transport)
    {
        var calls = 0;
        await using var server = await StartAsync(socket =>
        {
            socket.On("say", (IdempotencyKey _) => { calls++; });
            socket.On("calls", (Ack ack) => ack.SendAsync(calls));
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""42["say","a"]""", """42["say","a"]""", """421["calls"]""");

        Assert.Equal("431[2]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task The_window_is_bounded_in_number_and_in_bytes(string transport)
    {
        var calls = 0;
        await using var server = await StartAsync(
            socket => socket.On("get", (IdempotencyKey _, int size, Ack ack) =>
            {
                calls++;
                return size < 0 ? Task.CompletedTask : ack.SendAsync(new string('x', size));
            }),
            options => options.IdempotencyWindow = 3);
        await using var client = await server.ConnectAsync(transport);

        // The fourth pushes the first out, and so does an answer too large to keep beside others.
        foreach (var (id, size, expected) in new[] { ("a", 1, 1), ("b", 1, 2), ("c", 1, 3), ("a", 1, 3), ("d", 1, 4), ("a", 1, 5), ("big", 65_000, 6), ("big", 65_000, 6), ("bigger", 65_000, 7), ("big", 65_000, 8) })
        {
            await client.SendAsync($"42{calls}[\"get\",\"{id}\",{size}]");
            Assert.NotNull(await client.ReceiveAsync());
            Assert.Equal(expected, calls);
        }

        // Handlers that never answer fill nothing either.
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync($"42{1000 + i}[\"get\",\"never{i}\",-1]");
        }

        await client.SendAsync("""422000["get","last",1]""");
        Assert.Equal("432000[\"x\"]", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("1.5")]
    [InlineData("true")]
    [InlineData("long")]
    public async Task What_is_no_id_is_told(string id)
    {
        await using var server = await StartAsync(socket => socket.On("pay", (IdempotencyKey _, Ack ack) => ack.SendAsync()));
        server.Logs.Expect("pay");
        await using var client = await server.ConnectAsync("websocket");

        await client.SendAsync($"421[\"pay\",{(id == "long" ? $"\"{new string('x', 129)}\"" : id)}]");

        Assert.Contains("Argument 1 (_) must be a text of 1 to 128 characters, or a whole number.", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Who_recovers_is_answered_what_was_answered_while_it_was_away(string transport)
    {
        var acks = new ConcurrentQueue<Ack>();
        await using var server = await StartAsync(
            socket => socket.On("pay", (IdempotencyKey _, Ack ack) => acks.Enqueue(ack)),
            options => options.ConnectionStateRecovery = new());
        var client = await server.OpenAsync(transport);
        await client.SendAsync("40");
        var pid = JsonDocument.Parse((await client.ReceiveAsync())![2..]).RootElement.GetProperty("pid").GetString();
        await client.SendAsync("""420["pay","a"]""");
        await Eventually.Async("the event is handled", () => !acks.IsEmpty);
        await client.SendAsync("1");
        await Eventually.Async("the connection is lost", () => server.IO.Sockets.Sockets.Count == 0);
        await client.DisposeAsync();
        await acks.Single().SendAsync("paid");

        await using var back = await server.OpenAsync(transport);
        await back.SendAsync($"40{{\"pid\":\"{pid}\"}}", """421["pay","a"]""");

        Assert.StartsWith("40{", await back.ReceiveAsync());
        Assert.Equal("431[\"paid\"]", await back.ReceiveAsync());
        Assert.Single(acks);
    }

    private static Task<SocketServer> StartAsync(Action<Socket> onConnection, Action<SocketIOOptions>? configure = null) =>
        SocketServer.StartAsync(io => io.OnConnection(onConnection), configure, answers: false);
}
