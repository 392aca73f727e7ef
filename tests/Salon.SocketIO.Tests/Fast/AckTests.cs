using Salon.SocketIO.Adapters;
using Salon.SocketIO.Connections;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>Answers that are waited for: of one socket, and of many.</summary>
[Trait("Stage", "fast")]
public class AckTests
{
    [Fact]
    public async Task An_answer_comes_once_and_the_deadline_after_it_does_nothing()
    {
        await using var parts = new Parts();
        var acks = new PendingAcks();
        var ack = Ask(parts, acks, 7);

        Assert.True(acks.IsWaiting(7));
        acks.Take(7)!.Complete(Parts.Read("37[42]").Payload);
        Assert.Null(acks.Take(7));
        Assert.False(acks.IsWaiting(7));
        parts.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(42, await ack.Answer);
    }

    [Fact]
    public async Task A_deadline_fails_the_answer_and_a_late_one_is_nobodys()
    {
        await using var parts = new Parts();
        var acks = new PendingAcks();
        var ack = Ask(parts, acks, 7);

        parts.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(ack.Answer.IsCompleted);
        parts.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(() => ack.Answer);
        Assert.Null(acks.Take(7));
    }

    [Fact]
    public async Task Closing_fails_what_waits_and_what_is_asked_later()
    {
        await using var parts = new Parts();
        var acks = new PendingAcks();
        var before = Ask(parts, acks, 1);
        acks.Close(DisconnectReason.TransportClose, parts.IO.Deadlines);
        var after = Ask(parts, acks, 2);
        acks.Close(DisconnectReason.PingTimeout, parts.IO.Deadlines);

        await Assert.ThrowsAsync<SocketDisconnectedException>(() => before.Answer);
        await Assert.ThrowsAsync<SocketDisconnectedException>(() => after.Answer);
        Assert.False(acks.TryRemove(1));
        Assert.False(acks.IsWaiting(2));
    }

    [Theory]
    [InlineData("37[\"no number\"]")]
    [InlineData("37[1.5]")]
    [InlineData("37[{}]")]
    public async Task An_answer_of_another_type_fails(string packet)
    {
        await using var parts = new Parts();
        var acks = new PendingAcks();
        var ack = Ask(parts, acks, 7);

        acks.Take(7)!.Complete(Parts.Read(packet).Payload);

        Assert.Equal("invalid_ack", (await Assert.ThrowsAsync<SocketIOException>(() => ack.Answer)).Code);
    }

    [Fact]
    public async Task A_broadcast_ends_with_its_last_answer_and_counts_each_socket_once()
    {
        await using var parts = new Parts();
        Socket[] sockets = [parts.Connect("a"), parts.Connect("b"), parts.Connect("c")];
        var (ended, heard) = (0, 0);
        var collector = new AckCollector(sockets[..2], _ => ended++, _ => heard++);
        collector.Start();

        collector.OnAck(sockets[0], Parts.Read("31[1]").Payload);
        collector.OnAck(sockets[0], Parts.Read("31[2]").Payload);
        collector.OnAck(sockets[2], Parts.Read("31[3]").Payload);
        Assert.False(collector.Ended.IsCompleted);
        collector.OnAck(sockets[1], Parts.Read("31[]").Payload);
        collector.OnRemoved(sockets[1]);

        var acks = await collector.Ended;
        Assert.Equal(["1", "null"], acks.Responses.Select(static response => response.ToString()));
        Assert.Equal((2, 1, 2), (acks.RecipientCount, ended, heard));
    }

    [Fact]
    public async Task A_broadcast_to_nobody_or_to_those_who_left_ends_at_once()
    {
        await using var parts = new Parts();
        var ended = 0;
        var nobody = new AckCollector([], _ => ended++, onAnswer: null);
        nobody.Start();
        Assert.Equal(0, (await nobody.Ended).RecipientCount);

        var gone = new Socket(parts.IO.Sockets, client: null!, handshake: null!, Parts.Save(store: null!, "gone"));
        var left = new AckCollector([gone], _ => ended++, onAnswer: null);
        left.Start();
        left.OnRemoved(gone);
        Assert.Empty((await left.Ended).Responses);
        Assert.Equal(2, ended);
    }

    [Fact]
    public async Task A_broadcast_ends_with_its_deadline_and_what_there_is()
    {
        await using var parts = new Parts();
        Socket[] sockets = [parts.Connect("a"), parts.Connect("b")];
        var collector = new AckCollector(sockets, parts.IO.Deadlines.Cancel, onAnswer: null);
        parts.IO.Deadlines.Schedule(collector, TimeSpan.FromSeconds(5));
        collector.Start();
        collector.OnAck(sockets[1], Parts.Read("31[1]").Payload);

        parts.Time.Advance(TimeSpan.FromSeconds(5));
        collector.OnAck(sockets[0], Parts.Read("31[2]").Payload);

        var acks = await collector.Ended;
        Assert.Equal(["1"], acks.Responses.Select(static response => response.ToString()));
        Assert.Equal(2, acks.RecipientCount);
    }

    private static PendingAck<int> Ask(Parts parts, PendingAcks acks, long id)
    {
        var ack = new PendingAck<int>(acks, id, new JsonCodec());
        acks.Add(id, ack);
        parts.IO.Deadlines.Schedule(ack, TimeSpan.FromSeconds(10));
        return ack;
    }
}
