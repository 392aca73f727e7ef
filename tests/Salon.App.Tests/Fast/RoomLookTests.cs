using Salon.App.Chat;

namespace Salon.App.Tests.Fast;

/// <summary>Rooms by what their names look like.</summary>
[Trait("Stage", "fast")]
public sealed class RoomLookTests
{
    private readonly RoomLooks _looks = new();

    [Fact]
    public void Of_rooms_that_look_the_same_the_oldest_is_found_in_whatever_order_they_came()
    {
        var (young, old, other) = (new ChatRoom(7, "paypal"), new ChatRoom(3, "p\u0430ypal"), new ChatRoom(5, "dev"));
        Assert.Equal(young.Look, old.Look);
        _looks.Add(young);
        _looks.Add(old);
        _looks.Add(other);

        Assert.Same(old, _looks.Find(young.Look));
        Assert.Same(other, _looks.Find(other.Look));
        Assert.Null(_looks.Find("nobody's"));
    }

    [Fact]
    public void With_a_room_that_goes_the_next_of_its_look_is_found_and_one_that_goes_twice_changes_nothing()
    {
        var (first, second) = (new ChatRoom(1, "paypal"), new ChatRoom(2, "p\u0430ypal"));
        _looks.Add(first);
        _looks.Add(second);
        _looks.Remove(new ChatRoom(9, "paypal"));
        Assert.Same(first, _looks.Find(first.Look));

        _looks.Remove(first);
        _looks.Remove(first);
        Assert.Same(second, _looks.Find(first.Look));
        _looks.Remove(second);
        Assert.Null(_looks.Find(first.Look));
        _looks.Remove(second);
        _looks.Add(second);
        Assert.Same(second, _looks.Find(second.Look));
    }

    [Fact]
    public async Task However_many_come_and_go_at_once_those_that_stayed_are_found()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                _looks.Add(new ChatRoom((thread * 1000) + i, $"room {i % 10}"));

                if (i % 2 == 1)
                {
                    _looks.Remove(new ChatRoom((thread * 1000) + i, $"room {i % 10}"));
                }
            }
        })));

        Assert.Equal([0, 2, 4, 6, 8], Enumerable.Range(0, 10).Where(i => _looks.Find(new ChatRoom(0, $"room {i}").Look) is not null));
        Assert.Equal(4, _looks.Find(new ChatRoom(0, "room 4").Look)!.Id);
    }
}
