using System.Text;
using System.Text.Json;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Recovery;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>What is made with the first look at it, whoever looks at the same time: <see cref="Handshake"/>, <see cref="RecoverableState"/>, <see cref="SeenEvents"/>; and <see cref="NamespaceHandlers"/>.</summary>
[Trait("Stage", "fast")]
public class StateOfSocketTests
{
    [Fact]
    public async Task Whoever_looks_first_at_what_a_client_says_of_itself_sees_all_of_it()
    {
        var auth = Encoding.UTF8.GetBytes("{\"token\":\"secret\"}");

        for (var round = 0; round < 200; round++)
        {
            Handshake[] handshakes = [.. Enumerable.Range(0, 200).Select(_ => new Handshake(engine: null!, auth))];
            using var start = new Barrier(2);

            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();

                foreach (var handshake in handshakes)
                {
                    Assert.Equal("secret", handshake.Auth.GetProperty("token").GetString());
                }
            }))).Soon();
        }
    }

    [Fact]
    public void A_client_that_says_nothing_of_itself_says_an_empty_object()
    {
        var handshake = new Handshake(engine: null!, default);

        Assert.Equal(JsonValueKind.Object, handshake.Auth.ValueKind);
        Assert.Empty(handshake.Auth.EnumerateObject());
        Assert.Empty(Handshake.ParseAuth(default).EnumerateObject());
    }

    [Fact]
    public void What_a_client_says_of_itself_is_kept_when_the_memory_is_used_again()
    {
        var auth = Encoding.UTF8.GetBytes("{\"a\":1}");
        var handshake = new Handshake(engine: null!, auth);

        auth.AsSpan().Fill((byte)'x');

        Assert.Equal(1, handshake.Auth.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task Those_who_look_first_at_the_same_time_see_the_same()
    {
        for (var round = 0; round < 200; round++)
        {
            var state = new RecoverableState();
            Assert.Null(state.SeenIfAny);
            Assert.Empty(state.CopyData());

            var seen = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
            {
                state.Data[$"{worker}"] = worker;
                return state.GetSeen(10);
            }))).Soon();

            Assert.Equal(4, state.Data.Count);
            Assert.Single(seen.Distinct());
            Assert.Same(seen[0], state.SeenIfAny);
        }
    }

    [Fact]
    public void A_copy_of_what_the_app_knows_stays_what_it_was()
    {
        var state = new RecoverableState();
        state.Data["a"] = 1;

        var copy = state.CopyData();
        state.Data["a"] = 2;
        state.Data["A"] = 3;

        Assert.Equal([new KeyValuePair<string, object?>("a", 1)], copy);
    }

    [Fact]
    public async Task Of_those_who_repeat_an_event_at_the_same_time_one_is_handled_and_beyond_the_number_the_oldest_is_forgotten()
    {
        await using var parts = new Parts();
        var socket = parts.Connect("socket");
        var seen = new SeenEvents(capacity: 100);

        for (var id = 0; id < 100; id++)
        {
            var begun = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() => seen.TryBegin("pay", $"{id}", new Ack(socket, number))))).Soon();
            Assert.Single(begun, static isFirst => isFirst);
        }

        Assert.True(seen.TryBegin("pay", "100", new Ack(socket, 0)));
        Assert.False(seen.TryBegin("pay", "1", new Ack(socket, 0)));
        Assert.True(seen.TryBegin("pay", "0", new Ack(socket, 0)));
    }

    [Fact]
    public async Task Handlers_are_called_in_the_order_in_which_they_came_and_who_reads_them_keeps_what_there_was()
    {
        var handlers = new NamespaceHandlers();
        var called = new List<string>();
        handlers.OnConnection(_ => called.Add("first"));
        var before = handlers.Connection;
        handlers.OnConnection(_ =>
        {
            called.Add("second");
            return Task.CompletedTask;
        });
        handlers.Use(static _ => new ConnectError("no"));
        handlers.Use(static _ => Task.FromResult<ConnectError?>(null));

        foreach (var handler in handlers.Connection)
        {
            await handler(null!);
        }

        Assert.Equal(["first", "second"], called);
        Assert.Single(before);
        Assert.Equal(["no", null], (await Task.WhenAll(handlers.Middleware.Select(static middleware => middleware(null!)))).Select(static error => error?.Message));
        Assert.Throws<ArgumentNullException>(() => handlers.OnConnection((Action<Socket>)null!));
        Assert.Single(before);
    }
}
