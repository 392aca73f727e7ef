using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Events and acks on the wire: Socket.IO v5, "Sending and receiving data" and "Acknowledgement".</summary>
public class MessageTests
{
    [Theory]
    [EachTransport]
    public async Task An_event_comes_back_with_all_its_arguments(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""42["message",1,"2",{"3":[true]},null,[],1.50]""");

        Assert.Equal("""42["message-back",1,"2",{"3":[true]},null,[],1.50]""", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Attachments_come_back_in_order(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""452-["message",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}]""");
        await client.SendBinaryAsync([1, 2, 3]);
        await client.SendBinaryAsync([4, 5, 6]);

        Assert.Equal("""452-["message-back",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]}]""", await client.ReceiveAsync());
        Assert.Equal("bAQID", await client.ReceiveAsync());
        Assert.Equal("bBAUG", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task An_event_is_acknowledged_with_its_number(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""42456["message-with-ack",1,"2",{"3":[false]}]""");
        Assert.Equal("""43456[1,"2",{"3":[false]}]""", await client.ReceiveAsync());

        await client.SendAsync("""420["message-with-ack"]""");
        Assert.Equal("430[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_binary_event_is_acknowledged_with_attachments(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("""452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""");
        await client.SendBinaryAsync([1, 2, 3]);
        await client.SendBinaryAsync([4, 5, 6]);

        Assert.Equal("""462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]""", await client.ReceiveAsync());
        Assert.Equal("bAQID", await client.ReceiveAsync());
        Assert.Equal("bBAUG", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_namespace_stands_in_what_it_sends(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport, "/custom");

        await client.SendAsync("""42/custom,7["message-with-ack","a"]""", """42/custom,["message","b"]""");

        Assert.Equal("""43/custom,7["a"]""", await client.ReceiveAsync());
        Assert.Equal("""42/custom,["message-back","b"]""", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task The_server_asks_and_the_client_answers(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        var answer = server.LastSocket().EmitWithAckAsync<int[]>("question", "how many?");
        var question = (await client.ReceiveAsync())!;
        Assert.Matches("""^42\d+\["question","how many\?"\]$""", question);
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[[1,2]]");

        Assert.Equal("1 2", string.Join(" ", (await answer.Soon())!));
    }

    [Theory]
    [EachTransport]
    public async Task Nobody_waits_for_an_answer_beyond_the_timeout(string transport)
    {
        var time = new ManualTimeProvider();
        await using var server = await SocketServer.StartAsync(time: time);
        await using var client = await server.ConnectAsync(transport);

        var answer = server.LastSocket().Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync<int>("question");
        var question = (await client.ReceiveAsync())!;
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<TimeoutException>(() => answer.Soon());

        // The late answer finds nobody, and harms nothing.
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[1]");
        await client.SendAsync("""421["message-with-ack",1]""");
        Assert.Equal("431[1]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Nobody_waits_for_the_answer_of_a_client_that_has_left(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        var answer = server.LastSocket().EmitWithAckAsync<int>("question");
        await client.SendAsync("41");

        var exception = await Assert.ThrowsAsync<SocketDisconnectedException>(() => answer.Soon());
        Assert.Equal(DisconnectReason.ClientNamespaceDisconnect, exception.Reason);
    }

    [Theory]
    [EachTransport]
    public async Task An_answer_of_another_type_is_an_error_of_the_caller(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        var answer = server.LastSocket().EmitWithAckAsync<int>("question");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[\"many\"]");

        var exception = await Assert.ThrowsAsync<SocketIOException>(() => answer.Soon());
        Assert.Equal("invalid_ack", exception.Code);
    }

    [Theory]
    [EachTransport]
    public async Task Acks_that_nobody_waits_for_are_ignored(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("43999[]", "43[1]", "430", """461-5[{"_placeholder":true,"num":0}]""");
        await client.SendBinaryAsync([1]);
        await client.SendAsync("""421["message-with-ack",1]""");

        Assert.Equal("431[1]", await client.ReceiveAsync());
    }
}
