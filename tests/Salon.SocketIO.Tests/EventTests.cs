using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>How handlers are called: with typed arguments, in order, and what happens when they fail.</summary>
public class EventTests
{
    private sealed record Point(int X, int Y, string? Name = null);

    [Theory]
    [EachTransport]
    public async Task Arguments_are_read_by_type(string transport)
    {
        await using var server = await StartAsync(socket => socket.On(
            "typed",
            (int number, string text, Point point, byte[] data, List<double>? list, Ack ack) =>
                ack.SendAsync($"{number} {text} {point} {Convert.ToHexString(data)} {list?.Count}")));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""451-1["typed",7,"é",{"x":1,"y":2},{"_placeholder":true,"num":0},[1.5]]""");
        await client.SendBinaryAsync([0xab]);

        Assert.Equal("431[\"7 é Point { X = 1, Y = 2, Name =  } AB 1\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_wrong_argument_is_answered_and_logged_and_nothing_else_happens(string transport)
    {
        var calls = 0;
        await using var server = await StartAsync(socket => socket.On("typed", (int number, Point point, Ack ack) =>
        {
            Interlocked.Increment(ref calls);
            return ack.SendAsync(point.X + number);
        }));
        server.Logs.Expect("typed");
        await using var client = await server.ConnectAsync(transport);

        foreach (var arguments in new[] { "\"seven\",{}", "1.5,{}", "null,{}", "1,[]", "1,\"x\"", "{}" })
        {
            await client.SendAsync($"421[\"typed\",{arguments}]");
            var answer = JsonDocument.Parse((await client.ReceiveAsync())![3..]).RootElement[0];
            Assert.False(answer.GetProperty("ok").GetBoolean());
            Assert.Equal("invalid_argument", answer.GetProperty("error").GetProperty("code").GetString());
        }

        Assert.Equal(0, calls);
        await client.SendAsync("""422["typed",1,{"x":2,"y":3},"one too many"]""");
        Assert.Equal("432[3]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task An_event_that_nobody_handles_is_not_acknowledged(string transport)
    {
        await using var server = await StartAsync(socket =>
        {
            // Whoever only listens along does not handle it.
            socket.OnAny((_, _) => { });
            socket.Use((_, _) => Task.CompletedTask);
            socket.Once("once", (Ack ack) => ack.SendAsync());
            socket.On("last", (Ack ack) => ack.SendAsync());
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"nobody\"]", "422[\"once\"]", "423[\"once\"]", "424[7]", "425[\"last\"]");

        Assert.Equal("432[]", await client.ReceiveAsync());
        Assert.Equal("435[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task An_option_answers_what_nobody_handles(string transport)
    {
        await using var server = await SocketServer.StartAsync(configure: static options => options.AnswerUnknownEvents = true);
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("42[\"nobody\"]", "421[\"nobody\"]");

        Assert.Equal("431[{\"ok\":false,\"error\":{\"code\":\"unknown_event\",\"message\":\"Nobody listens to \\\"nobody\\\".\"}}]", await client.ReceiveAsync());

        // A name that is no name does not come back as a whole.
        await client.SendAsync($"422[\"{new string('x', 10_000)}\"]");
        Assert.InRange((await client.ReceiveAsync())!.Length, 100, 300);
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_that_throws_is_logged_answered_and_ends_nothing(string transport)
    {
        await using var server = await StartAsync(socket =>
        {
            socket.On("throws", new Action<Ack>(_ => throw new InvalidOperationException("secret")));
            socket.On("throws later", async (Ack _) =>
            {
                await Task.Yield();
                throw new InvalidOperationException("secret");
            });
            socket.On("refuses", new Action<Ack>(_ => throw new SocketIOException("rate_limited", "Slowly.", TimeSpan.FromSeconds(2))));
            socket.On("fine", (Ack ack) => ack.SendAsync("fine"));
        });
        server.Logs.Expect("throws");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"throws\"]");
        await AssertErrorAsync(client, "internal_error");
        await client.SendAsync("422[\"throws later\"]");
        await AssertErrorAsync(client, "internal_error");
        await client.SendAsync("423[\"refuses\"]");
        Assert.Equal("""433[{"ok":false,"error":{"code":"rate_limited","message":"Slowly.","retryAfter":2}}]""", await client.ReceiveAsync());
        await client.SendAsync("424[\"fine\"]");
        Assert.Equal("434[\"fine\"]", await client.ReceiveAsync());

        Assert.Equal(2, server.Logs.Entries.Count(entry => entry.Exception?.Message == "secret"));
    }

    [Theory]
    [EachTransport]
    public async Task A_handler_without_a_task_or_with_one_that_was_cancelled_is_answered_and_its_cause_is_told(string transport)
    {
        await using var server = await StartAsync(socket =>
        {
            socket.On("no task", new Func<Ack, Task>(static _ => null!));
            socket.On("cancelled", new Func<Ack, Task>(static _ => Task.FromCanceled(new CancellationToken(canceled: true))));
            socket.On("too late", async (Ack _) =>
            {
                await Task.Yield();
                throw new TaskCanceledException("It took too long.", new TimeoutException());
            });
        });
        server.Logs.Expect("The handler of");
        await using var client = await server.ConnectAsync(transport);

        foreach (var (number, name) in new[] { (1, "no task"), (2, "cancelled"), (3, "too late") })
        {
            await client.SendAsync($"42{number}[\"{name}\"]");
            await AssertErrorAsync(client, "internal_error");
            Assert.Contains(server.Logs.Entries, entry => entry.Message == $"The handler of \"{name}\" failed.");
        }

        Assert.Contains(server.Logs.Entries, static entry => entry.Exception is TaskCanceledException { InnerException: TimeoutException });
    }

    [Theory]
    [EachTransport]
    public async Task Events_of_one_socket_are_handled_in_order_and_one_at_a_time(string transport)
    {
        var running = 0;
        var handled = new List<int>();
        await using var server = await StartAsync(socket => socket.On("event", async (int number, Ack ack) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            handled.Add(number);
            Interlocked.Decrement(ref running);
            await ack.SendAsync(number);
        }));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync([.. Enumerable.Range(0, 200).Select(i => $"42{i}[\"event\",{i}]")]);

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal($"43{i}[{i}]", await client.ReceiveAsync());
        }

        Assert.Equal(Enumerable.Range(0, 200), handled);
    }

    [Theory]
    [EachTransport]
    public async Task Acks_and_leaving_do_not_wait_behind_a_handler(string transport)
    {
        var left = new TaskCompletionSource<DisconnectReason>();
        await using var server = await StartAsync(socket =>
        {
            socket.OnDisconnect(reason => left.SetResult(reason));
            socket.On("ask back", async (Ack ack) => await ack.SendAsync(await socket.EmitWithAckAsync<int>("question")));
            socket.On("wait", () => left.Task);
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"ask back\"]");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[42]");
        Assert.Equal("431[42]", await client.ReceiveAsync());

        await client.SendAsync("42[\"wait\"]", "41");
        Assert.Equal(DisconnectReason.ClientNamespaceDisconnect, await left.Task.Soon());
    }

    [Theory]
    [EachTransport]
    public async Task The_option_lets_events_overlap(string transport)
    {
        var both = new TaskCompletionSource();
        var running = 0;
        await using var server = await SocketServer.StartAsync(
            configure: options => options.MaxConcurrentEvents = 2,
            add: io => io.OnConnection(socket => socket.On("event", async (Ack ack) =>
            {
                if (Interlocked.Increment(ref running) == 2)
                {
                    both.SetResult();
                }

                await both.Task;
                await ack.SendAsync();
            })));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"event\"]", "422[\"event\"]");

        Assert.Equal(["431[]", "432[]"], new[] { await client.ReceiveAsync(), await client.ReceiveAsync() }.Order());
    }

    [Theory]
    [EachTransport]
    public async Task A_full_inbox_stops_the_reading_and_loses_nothing(string transport)
    {
        var gate = new TaskCompletionSource();
        var handled = 0;
        await using var server = await SocketServer.StartAsync(
            configure: options => options.MaxInboxBytes = 10_000,
            add: io => io.OnConnection(socket => socket.On("event", async (string _) =>
            {
                await gate.Task;
                Interlocked.Increment(ref handled);
            })));
        await using var client = await server.ConnectAsync(transport);
        var packet = $"42[\"event\",\"{new string('x', 1000)}\"]";

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await client.SendAsync(packet);
            }
        });
        gate.SetResult();
        await sending.Soon();

        await Eventually.Async("all were handled", () => handled == 100);
    }

    [Theory]
    [EachTransport]
    public async Task Listeners_can_be_added_once_and_removed(string transport)
    {
        var calls = new List<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.Once("event", () => calls.Add("once"));
            var kept = socket.On("event", () => calls.Add("removed"));
            socket.On("event", () => calls.Add("on"));
            socket.On("off", () =>
            {
                kept.Dispose();
                kept.Dispose();
                return Task.CompletedTask;
            });
            socket.On("all off", () => socket.Off("event"));
            socket.On("done", (Ack ack) => ack.SendAsync());
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("42[\"event\"]", "42[\"off\"]", "42[\"event\"]", "42[\"all off\"]", "42[\"event\"]", "421[\"done\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
        Assert.Equal(["once", "removed", "on", "on"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task Nothing_is_handled_before_the_connection_handlers_are_done(string transport)
    {
        var gate = new TaskCompletionSource();
        await using var server = await SocketServer.StartAsync(answers: false, add: io => io.OnConnection(async socket =>
        {
            await gate.Task;
            socket.On("early", (Ack ack) => ack.SendAsync("heard"));
        }));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"early\"]");
        gate.SetResult();

        Assert.Equal("431[\"heard\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task An_ack_is_sent_once(string transport)
    {
        await using var server = await SocketServer.StartAsync(io => io.OnConnection(socket => socket.On("twice", async (Ack ack) =>
        {
            await ack.SendAsync(1);
            await ack.SendAsync(2);
        })));
        server.Logs.Expect("twice");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"twice\"]", "422[\"message-with-ack\"]");

        Assert.Equal("431[1]", await client.ReceiveAsync());
        Assert.Equal("432[]", await client.ReceiveAsync());
    }

    [Fact]
    public async Task Names_that_the_library_keeps_for_itself_cannot_be_emitted_or_handled()
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync("websocket");
        var socket = server.LastSocket();

        foreach (var name in new[] { "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener" })
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => socket.EmitAsync(name));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => server.IO.EmitAsync(name));
            Assert.ThrowsAny<ArgumentException>(() => socket.On(name, () => { }));
        }
    }

    private static Task<SocketServer> StartAsync(Action<Socket> onConnection) =>
        SocketServer.StartAsync(answers: false, add: io => io.OnConnection(onConnection));

    private static async Task AssertErrorAsync(RawClient client, string code)
    {
        var answer = (await client.ReceiveAsync())!;
        var error = JsonDocument.Parse(answer[answer.IndexOf('[', StringComparison.Ordinal)..]).RootElement[0];
        Assert.False(error.GetProperty("ok").GetBoolean());
        Assert.Equal(code, error.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("secret", answer);
    }
}
