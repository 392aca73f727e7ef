using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>What is called for every event: catch-all listeners and packet middleware.</summary>
public class HookTests
{
    [Theory]
    [EachTransport]
    public async Task Catch_all_listeners_are_told_of_every_event_before_its_handlers(string transport)
    {
        var calls = new List<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.OnAny((name, arguments) => calls.Add($"any {name} {string.Join(' ', Enumerable.Range(0, arguments.Count).Select(i => arguments[i]))}"));
            socket.PrependAny((name, _) => calls.Add($"first {name}"));
            socket.OnAny(async (_, _) =>
            {
                await Task.Yield();
                calls.Add("later");
            });
            socket.Use((name, _) =>
            {
                calls.Add($"middleware {name}");
                return Task.CompletedTask;
            });
            socket.On("event", (int number, Ack ack) =>
            {
                calls.Add($"handler {number}");
                return ack.SendAsync();
            });
            socket.On("last", (Ack ack) => ack.SendAsync());
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"event\",7,{\"a\":1}]", "422[\"nobody\"]", "43999[]", "423[\"last\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
        Assert.Equal("433[]", await client.ReceiveAsync());
        Assert.Equal(
            ["first event", "any event 7 {\"a\":1}", "later", "middleware event", "handler 7", "first nobody", "any nobody ", "later", "middleware nobody",
                "first last", "any last ", "later", "middleware last"],
            calls);
    }

    [Theory]
    [EachTransport]
    public async Task A_catch_all_listener_can_answer_what_nobody_else_handles(string transport)
    {
        await using var server = await StartAsync(socket => socket.OnAny((name, arguments, ack) => ack.SendAsync($"{name}/{arguments.Count}")));
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""451-1["anything",{"_placeholder":true,"num":0}]""");
        await client.SendBinaryAsync([1]);

        Assert.Equal("431[\"anything/1\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Listeners_that_were_removed_are_told_nothing(string transport)
    {
        var calls = new List<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.OnAny((_, _) => calls.Add("removed")).Dispose();
            socket.OnAny((_, _) => calls.Add("kept"));
            socket.On("off", () => socket.OffAny());
            socket.On("done", (Ack ack) => ack.SendAsync());
        });
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("42[\"off\"]", "421[\"done\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
        Assert.Equal(["kept"], calls);
    }

    [Theory]
    [EachTransport]
    public async Task Middleware_refuses_an_event_and_its_sender_is_told(string transport)
    {
        var handled = new List<string>();
        await using var server = await StartAsync(socket =>
        {
            socket.Use((name, arguments) => arguments.Count > 0 && arguments.Get<string>(0) == "forbidden"
                ? throw new SocketIOException("forbidden", $"Not {name}.")
                : Task.CompletedTask);
            socket.Use(async (_, arguments) =>
            {
                await Task.Yield();
                Assert.NotEqual("broken", arguments.Get<string>(0));
            });
            socket.On("event", (string text, Ack ack) =>
            {
                handled.Add(text);
                return ack.SendAsync("ok");
            });
        });
        server.Logs.Expect("event");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"event\",\"forbidden\"]", "422[\"event\",\"broken\"]", "423[\"event\",\"fine\"]");

        Assert.Equal("""431[{"ok":false,"error":{"code":"forbidden","message":"Not event."}}]""", await client.ReceiveAsync());
        var error = JsonDocument.Parse((await client.ReceiveAsync())![3..]).RootElement[0].GetProperty("error");
        Assert.Equal("internal_error", error.GetProperty("code").GetString());
        Assert.Equal("433[\"ok\"]", await client.ReceiveAsync());
        Assert.Equal(["fine"], handled);
    }

    [Theory]
    [EachTransport]
    public async Task A_listener_that_throws_changes_nothing(string transport)
    {
        await using var server = await StartAsync(socket =>
        {
            socket.OnAny((_, _) => throw new InvalidOperationException("broken"));
            socket.OnAnyOutgoing((_, _) => throw new InvalidOperationException("broken"));
            socket.On("event", (Ack ack) => ack.SendAsync("ok"));
        });
        server.Logs.Expect("catch-all");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("421[\"event\"]");
        Assert.Equal("431[\"ok\"]", await client.ReceiveAsync());
        await server.LastSocket().EmitAsync("news");
        Assert.Equal("42[\"news\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Outgoing_listeners_see_what_is_sent_to_one_and_to_many(string transport)
    {
        await using var server = await StartAsync(_ => { });
        await using var client = await server.ConnectAsync(transport);
        var socket = server.LastSocket();
        var sent = new List<string>();
        socket.OnAnyOutgoing((name, arguments) => sent.Add($"{name} {arguments.Count}"));
        var first = socket.PrependAnyOutgoing((name, _) => sent.Add($"first {name}"));

        await socket.EmitAsync("one", 1, new byte[] { 2 });
        first.Dispose();
        await server.IO.EmitAsync("many", "é");
        var answer = socket.EmitWithAckAsync<int>("question");
        socket.OffAnyOutgoing();
        await socket.EmitAsync("unseen");

        Assert.Equal(["first one", "one 2", "many 1", "question 0"], sent);
        Assert.False(answer.IsCompleted);
        await client.SendAsync("41");
        await Assert.ThrowsAsync<SocketDisconnectedException>(() => answer.Soon());
    }

    private static Task<SocketServer> StartAsync(Action<Socket> onConnection) =>
        SocketServer.StartAsync(answers: false, add: io => io.OnConnection(onConnection));
}
