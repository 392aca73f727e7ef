using System.Text;
using Salon.EngineIO.Sessions;

namespace Salon.EngineIO.Tests.Fast;

/// <summary>Messages in order, and what they cost.</summary>
[Trait("Stage", "fast")]
public class MessageRingTests
{
    [Fact]
    public void Messages_leave_in_the_order_in_which_they_came_however_the_ring_turns_and_grows()
    {
        var ring = new MessageRing();
        var (next, expected) = (0, 0);

        // More come than go, so that it grows while its beginning is in the middle; then the other way round.
        foreach (var (pushes, pops) in Enumerable.Repeat((3, 2), 50).Concat(Enumerable.Repeat((2, 3), 50)))
        {
            for (var i = 0; i < pushes; i++)
            {
                ring.Push(Text($"{next++}"));
            }

            for (var i = 0; i < pops; i++)
            {
                Assert.Equal($"{expected}", Read(ring.First));
                Assert.Equal($"{expected++}", Read(ring.Pop()));
            }

            Assert.Equal((expected, next, next - expected), (ring.Start, ring.End, ring.Count));
        }

        Assert.Equal((0, 0L), (ring.Count, ring.Bytes));
    }

    [Fact]
    public void What_it_costs_is_the_sum_of_what_is_in_it()
    {
        var ring = new MessageRing();
        var random = new Random(1);
        var costs = new Queue<long>();

        for (var i = 0; i < 500; i++)
        {
            if (random.Next(3) > 0 || costs.Count == 0)
            {
                var message = EngineMessage.CreateText(new byte[random.Next(1000)]);
                ring.Push(message);
                costs.Enqueue(message.PartCost);
            }
            else
            {
                ring.Pop();
                costs.Dequeue();
            }

            Assert.Equal(costs.Sum(), ring.Bytes);
        }
    }

    [Fact]
    public void Attachments_follow_their_message_and_each_has_a_number()
    {
        var ring = new MessageRing();
        EngineMessage[] attachments = [EngineMessage.CreateBinary("1"u8), EngineMessage.CreateBinary("2"u8)];
        var message = EngineMessage.CreateText(1, attachments, static (span, _) => span.Fill((byte)'x'), attachments: attachments);

        ring.Push(message);
        ring.Push(Text("after"));

        Assert.Equal((4, 4L), (ring.Count, ring.End));
        Assert.Equal(message.Cost + Text("after").PartCost, ring.Bytes);
        Assert.Equal(["x", "1", "2", "after"], Enumerable.Range(0, 4).Select(_ => Read(ring.Pop())).ToList());
    }

    [Fact]
    public void Only_a_message_that_is_here_is_replaced_in_its_place_and_costs_what_the_new_one_costs()
    {
        var ring = new MessageRing();

        for (var i = 0; i < 6; i++)
        {
            ring.Push(Text($"{i}"));
        }

        ring.Pop();
        ring.Pop();
        ring.Push(Text("6"));
        ring.Push(Text("7"));
        var larger = Text("a longer one");

        Assert.False(ring.TryReplace(1, larger));
        Assert.False(ring.TryReplace(8, larger));
        Assert.False(ring.TryReplace(-1, larger));
        Assert.True(ring.TryReplace(2, larger));
        Assert.True(ring.TryReplace(7, larger));
        Assert.Equal((larger.PartCost * 2) + (Text("3").PartCost * 4), ring.Bytes);
        Assert.Equal(["a longer one", "3", "4", "5", "6", "a longer one"], Enumerable.Range(0, 6).Select(_ => Read(ring.Pop())).ToList());
        Assert.Equal(0, ring.Bytes);
    }

    [Fact]
    public void Numbers_go_on_after_all_was_thrown_away()
    {
        var ring = new MessageRing();
        ring.Push(Text("a"));
        ring.Push(Text("b"));

        ring.Clear();

        Assert.Equal((2L, 2L, 0, 0L), (ring.Start, ring.End, ring.Count, ring.Bytes));
        Assert.False(ring.TryReplace(1, Text("too late")));
        ring.Push(Text("c"));
        Assert.True(ring.TryReplace(2, Text("d")));
        Assert.Equal("d", Read(ring.Pop()));
    }

    private static EngineMessage Text(string text) => EngineMessage.CreateText(Encoding.UTF8.GetBytes(text));

    private static string Read(EngineMessage message) => Encoding.UTF8.GetString(message.Data.Span);
}
