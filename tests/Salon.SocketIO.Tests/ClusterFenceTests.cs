using Salon.SocketIO.Clustering;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>A bus between servers that somebody else wrote, and that throws: what is meant for all is done here all the same.</summary>
public class ClusterFenceTests
{
    [Theory]
    [EachTransport]
    public async Task A_bus_that_throws_keeps_nobody_here_from_hearing_a_broadcast(string transport)
    {
        await using var server = await StartAsync();
        using var counted = new CounterWatcher(server, "salon.socketio.calls.failed");
        server.Logs.Expect("ClusterAdapter.Publish failed");
        await using var client = await server.ConnectAsync(transport);

        await server.IO.EmitAsync("told");
        Assert.Equal("42[\"told\"]", await client.ReceiveAsync());
        Assert.Equal(1, counted.Sum);

        await server.IO.SocketsJoinAsync("room");
        await server.IO.To("room").EmitAsync("in the room");
        Assert.Equal("42[\"in the room\"]", await client.ReceiveAsync());
        await server.IO.SocketsLeaveAsync("room");
        await server.IO.Sockets.Servers.EmitAsync("asked");
        await server.IO.DisconnectSocketsAsync();
        Assert.Equal("41", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_question_over_a_bus_that_throws_waits_for_nobody(string transport)
    {
        // Nobody waits that long.
        await using var server = await StartAsync(TimeSpan.FromHours(1));
        server.Logs.Expect("ClusterAdapter.Publish failed");
        server.Logs.Expect("2 of 2 other servers did not answer");
        await using var client = await server.ConnectAsync(transport);

        Assert.Single(await server.IO.FetchSocketsAsync().Soon());
        Assert.Empty(await server.IO.Sockets.Servers.EmitWithAckAsync<string>("asked").Soon());

        var asking = server.IO.EmitWithAckAsync<string>("asked");
        var question = (await client.ReceiveAsync())!;
        await client.SendAsync($"43{question[2..question.IndexOf('[', StringComparison.Ordinal)]}[\"yes\"]");
        Assert.Single(await asking.Soon());
    }

    [Fact]
    public async Task A_bus_that_throws_at_an_answer_hears_the_next_question()
    {
        await using var server = await StartAsync();
        server.Logs.Expect("ClusterAdapter.PublishResponse failed");
        using var counted = new CounterWatcher(server, "salon.socketio.calls.failed");
        var bus = (Bus)server.IO.Sockets.Adapter;

        bus.Hear(new ClusterMessage(ClusterMessageType.FetchSockets) { Sender = "other", RequestId = "1" });
        bus.Hear(new ClusterMessage(ClusterMessageType.FetchSockets) { Sender = "other", RequestId = "2" });

        Assert.Equal(2, counted.Sum);
    }

    private static Task<SocketServer> StartAsync(TimeSpan? patience = null) => SocketServer.StartAsync(
        configure: options => options.BroadcastAckTimeout = patience ?? options.BroadcastAckTimeout,
        build: static builder => builder.Services.AddAdapters(static owner => new Bus(owner)));

    private sealed class Bus(Namespace owner) : ClusterAdapter(owner, new FixedMembers("other", "third"))
    {
        public void Hear(ClusterMessage message) => Receive(message);

        protected override void Publish(ClusterMessage message) => throw new InvalidOperationException("bus");

        protected override void PublishResponse(string requester, ClusterMessage response) => throw new InvalidOperationException("bus");

        protected override Task<int> CountServersAsync() => Task.FromResult(3);
    }
}
