using Salon.App.Chat;
using Salon.App.Storage.Postgres;

namespace Salon.App.Tests.Fast;

/// <summary>Which numbers messages get in one transaction, and which are stored already: <see cref="PostgresNumbers"/>. No database.</summary>
[Trait("Stage", "fast")]
public class PostgresNumbersTests
{
    private static readonly ChatRoom Dev = new(1, "dev");
    private static readonly ChatRoom Ops = new(2, "ops");

    [Fact]
    public void Each_room_counts_on_from_its_newest_without_a_gap_and_a_room_that_is_gone_takes_no_number()
    {
        var numbers = Create(isRepeated: false);

        var stored = new[] { New(Dev), New(Ops), New(new ChatRoom(3, "gone")), New(Dev), New(Dev), New(Ops) }.Select(numbers.Number).ToList();

        Assert.Equal([11L, 1, null, 12, 13, 2], stored.Select(static each => each?.Message.Seq));
        Assert.All(stored.Where(static each => each is not null), static each => Assert.True(each!.IsNew));
        Assert.Equal(["dev 11", "ops 1", "dev 12", "dev 13", "ops 2"], numbers.Added.Select(static added => $"{added.Room.Name} {added.Message.Seq}"));
        Assert.Equal([(1L, 13L), (2L, 2L)], numbers.Heads.Select(static head => (head.Key, head.Value)).Order());
    }

    [Fact]
    public void What_its_writer_has_sent_to_the_room_before_is_not_stored_again_and_nobody_else_is_kept_from_the_name()
    {
        var numbers = Create(isRepeated: false);
        var before = New(Dev, "Ann", "m1").WithNumber(5);
        numbers.AddStored(Dev, before);
        NewMessage[] messages = [New(Dev, "Ann", "m1"), New(Dev, "Bob", "m1"), New(Ops, "Ann", "m1"), New(Dev, "Ann", "m2"), New(Dev, "Ann", "m2"), New(Dev, "Ann", "M2"), New(Dev, "Ann"), New(Dev, "Ann")];

        var stored = messages.Select(numbers.Number).Select(static each => (each!.Message.Seq, each.IsNew)).ToList();

        Assert.Equal([(5L, false), (11, true), (1, true), (12, true), (12, false), (13, true), (14, true), (15, true)], stored);
        Assert.Equal(6, numbers.Added.Count);
    }

    [Fact]
    public void What_an_attempt_before_has_stored_is_news_still_and_what_was_a_repetition_then_is_one_now()
    {
        NewMessage[] messages = [New(Dev, "Ann", "m1"), New(Dev, "Ann", "m1"), New(Dev, "Ann"), New(Dev, "Ann")];
        var numbers = Create(isRepeated: true);
        numbers.AddStored(Dev, messages[0].WithNumber(9));
        numbers.AddStored(Dev, messages[0].WithNumber(9));
        numbers.AddStored(Dev, messages[2].WithNumber(10));

        var stored = messages.Select(numbers.Number).Select(static each => (each!.Message.Seq, each.IsNew)).ToList();

        Assert.Equal([(9L, true), (9, false), (10, true), (11, true)], stored);
        Assert.Same(messages[3].Text, Assert.Single(numbers.Added).Message.Text);
    }

    [Fact]
    public void On_the_first_attempt_what_is_stored_is_no_news_whatever_it_is_known_by()
    {
        var message = New(Dev, "Ann", "m1");
        var numbers = Create(isRepeated: false);
        numbers.AddStored(Dev, message.WithNumber(3));

        Assert.Equal((3L, false), (numbers.Number(message)!.Message.Seq, numbers.Number(message)!.IsNew));
        Assert.Empty(numbers.Added);
    }

    private static PostgresNumbers Create(bool isRepeated)
    {
        var numbers = new PostgresNumbers(isRepeated);
        numbers.AddHead(Dev.Id, 10);
        numbers.AddHead(Ops.Id, 0);
        return numbers;
    }

    private static NewMessage New(ChatRoom room, string username = "Ann", string? name = null) =>
        new(room, Guid.NewGuid(), username, "text", DateTimeOffset.UnixEpoch, name, ReplyTo: null);
}
