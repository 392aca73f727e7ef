using Salon.App.Chat;
using Salon.App.Chat.Delivery;

namespace Salon.App.Tests.Fast;

/// <summary>Every number once, in order, whatever order they come in, and whoever comes and goes meanwhile.</summary>
[Trait("Stage", "fast")]
public class RoomDeliveryTests
{
    private readonly List<long> _delivered = [];
    private readonly RoomDelivery _delivery;
    private int _gaps;
    private Action<long> _onDelivered = static _ => { };

    public RoomDeliveryTests() => _delivery = new RoomDelivery(new ChatRoom(1, "general"), Deliver, _ => _gaps++);

    [Fact]
    public void What_comes_early_waits_for_what_is_missing()
    {
        Assert.True(_delivery.TryEnter(4, 0));

        _delivery.Add(Message(6));
        _delivery.Add(Message(6));
        Assert.Equal((0, 1), (_delivered.Count, _gaps));

        _delivery.Add(Message(5));
        _delivery.Add(Message(5));
        Assert.Equal([5, 6], _delivered);
    }

    [Fact]
    public void What_is_delivered_while_the_last_one_leaves_and_another_comes_is_delivered_once()
    {
        // The newcomer is in the group already, and has read what there was up to 4, before 5 was stored.
        _onDelivered = _ =>
        {
            _onDelivered = static _ => { };
            _delivery.Leave();
            Assert.False(_delivery.TryEnter(4, 0));
            Assert.True(_delivery.TryEnter(5, 0));
        };
        Assert.True(_delivery.TryEnter(4, 0));

        _delivery.Add(Message(5));
        _delivery.Add(Message(5));
        _delivery.Add(Message(6));

        Assert.Equal([5, 6], _delivered);
        Assert.Equal(0, _gaps);
    }

    [Fact]
    public void Of_two_who_come_into_an_empty_room_the_one_who_read_less_reads_again()
    {
        Assert.True(_delivery.TryEnter(8, 0));

        Assert.False(_delivery.TryEnter(4, 0));

        // Who has read what was there when the delivering began gets the rest, even if it was delivered meanwhile.
        _delivery.Add(Message(9));
        Assert.True(_delivery.TryEnter(8, 0));
        _delivery.Leave();
        _delivery.Add(Message(10));
        Assert.Equal([9, 10], _delivered);
    }

    [Fact]
    public void Whoever_comes_into_an_empty_room_gets_what_comes_after_what_they_read()
    {
        Assert.True(_delivery.TryEnter(4, 0));
        _delivery.Add(Message(5));
        _delivery.Leave();
        _delivery.Add(Message(6));

        Assert.True(_delivery.TryEnter(6, 0));
        _delivery.Add(Message(7));

        Assert.Equal([5, 7], _delivered);
    }

    [Fact]
    public void A_room_that_is_removed_takes_nobody_any_more_and_one_that_somebody_is_in_is_not_removed()
    {
        Assert.True(_delivery.TryEnter(0, 0));
        Assert.False(_delivery.TryRetire());
        _delivery.Leave();

        Assert.True(_delivery.TryRetire());

        Assert.True(_delivery.IsRetired);
        Assert.False(_delivery.TryEnter(0, 0));
    }

    [Fact]
    public void A_number_beyond_all_is_asked_for_once_and_what_is_said_next_is_delivered()
    {
        Assert.True(_delivery.TryEnter(4, 0));

        _delivery.Add(Message(long.MaxValue));
        Assert.Equal(1, _gaps);
        _delivery.Add(Message(6) with { Text = "forged" });
        var early = _delivery.Early;
        _delivery.Add(Message(8));
        _delivery.OnRead(5, 4, early);
        _delivery.Add(Message(5));
        _delivery.OnFilled();

        // What was told while the database was asked is still to come.
        Assert.Equal([5], _delivered);
        Assert.Equal([8], _delivery.Early);
        Assert.Equal(2, _gaps);
        _delivery.Add(Message(6));
        _delivery.Add(Message(7));
        _delivery.OnRead(8, 5, [8]);
        _delivery.OnFilled();
        Assert.Equal([5, 6, 7, 8], _delivered);
        Assert.Equal(2, _gaps);
    }

    [Fact]
    public void Whoever_tells_what_was_never_stored_hides_nothing_of_what_is_stored_next()
    {
        Assert.True(_delivery.TryEnter(4, 0));
        _delivery.Add(Message(5) with { Text = "forged" });
        _delivery.Add(Message(6) with { Text = "forged" });
        Assert.Equal(6, _delivery.Reached);

        // The database was asked before one of them was told: that says nothing.
        _delivery.OnHead(4, reachedBefore: 4);
        _delivery.Add(Message(5));
        Assert.Equal([5, 6], _delivered);

        _delivery.OnHead(4, reachedBefore: 6);
        _delivery.Add(Message(5));
        Assert.Equal([5, 6, 5], _delivered);

        // One that was stored meanwhile is read.
        Assert.Equal(1, _gaps);
        _delivery.OnRead(6, 5, []);
        _delivery.Add(Message(6));
        _delivery.OnFilled();
        Assert.Equal([5, 6, 5, 6], _delivered);
        Assert.Equal(1, _gaps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_tells_what_was_never_stored_keeps_nobody_out(bool isEmpty)
    {
        Assert.True(_delivery.TryEnter(4, 0));
        _delivery.Add(Message(5) with { Text = "forged" });

        if (isEmpty)
        {
            _delivery.Leave();
            Assert.False(_delivery.TryEnter(4, reachedBefore: 4));
        }

        Assert.True(_delivery.TryEnter(4, _delivery.Reached));
        _delivery.Add(Message(5));
        Assert.Equal([5, 5], _delivered);
    }

    private static ChatMessage Message(long seq) => new("general", seq, $"{seq}", "Alice", "hello", DateTime.UnixEpoch, null, null);

    private void Deliver(ChatRoom room, ChatMessage message)
    {
        _delivered.Add(message.Seq);
        _onDelivered(message.Seq);
    }
}
