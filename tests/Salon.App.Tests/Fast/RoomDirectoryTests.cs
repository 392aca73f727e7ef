using Salon.App.Chat;
using Salon.SocketIO;
using Salon.Tests;

namespace Salon.App.Tests.Fast;

/// <summary>Rooms come, and go again when nobody ever said anything in them.</summary>
[Trait("Stage", "fast")]
public class RoomDirectoryTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeChatStore _store = new();
    private readonly RoomDirectory _rooms;

    public RoomDirectoryTests() => _rooms = new RoomDirectory(_store, _time);

    [Fact]
    public async Task A_room_is_founded_once_and_found_in_any_case()
    {
        Assert.Null(await _rooms.FindAsync("Dev"));

        var (room, isNew) = await _rooms.FoundAsync("Dev", "Alice");

        Assert.True(isNew);
        Assert.False((await _rooms.FoundAsync("DEV", "Bob")).IsNew);
        Assert.Same(room, await _rooms.FindAsync("dev"));
        Assert.Same(room, _rooms.FindKnown("dEV"));
    }

    [Fact]
    public async Task Who_asks_for_all_rooms_at_about_the_same_time_costs_one_question()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _rooms.ListAsync()));
        Assert.Equal(1, _store.Listings);

        _time.Advance(ChatLimits.RoomListAge);
        await _rooms.ListAsync();
        Assert.Equal(2, _store.Listings);
    }

    [Fact]
    public async Task The_list_is_made_anew_only_when_there_are_other_rooms()
    {
        await _rooms.FoundAsync("one", "Alice");
        var first = await _rooms.ListAsync();
        _time.Advance(ChatLimits.RoomListAge);
        Assert.Same(first, await _rooms.ListAsync());

        await _rooms.FoundAsync("two", "Alice");
        Assert.NotSame(first, await _rooms.ListAsync());
    }

    [Fact]
    public async Task A_room_that_nobody_keeps_goes_and_is_founded_anew_under_another_number()
    {
        var (before, _) = await _rooms.FoundAsync("Dev", "Alice");
        _time.Advance(ChatLimits.UnusedRoomAge + TimeSpan.FromSeconds(1));

        var removed = await _rooms.RemoveUnusedAsync(ChatLimits.UnusedRoomAge);
        Assert.Equal([before], removed);

        Assert.Null(_rooms.FindKnown("Dev"));
        Assert.False(await _rooms.TryKeepAsync(before));
        var (after, isNew) = await _rooms.FoundAsync("dev", "Bob");
        Assert.True(isNew);
        Assert.NotEqual(before.Id, after.Id);
    }

    [Fact]
    public async Task A_room_that_is_kept_stays()
    {
        var (room, _) = await _rooms.FoundAsync("Dev", "Alice");
        _time.Advance(ChatLimits.UnusedRoomAge);
        Assert.True(await _rooms.TryKeepAsync(room));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(await _rooms.RemoveUnusedAsync(ChatLimits.UnusedRoomAge));
    }

    [Fact]
    public async Task What_another_process_removed_is_forgotten_and_what_it_founded_anew_replaces_it()
    {
        var other = new RoomDirectory(_store, _time);
        var (before, _) = await _rooms.FoundAsync("Dev", "Alice");
        _time.Advance(ChatLimits.UnusedRoomAge + TimeSpan.FromSeconds(1));
        await other.RemoveUnusedAsync(ChatLimits.UnusedRoomAge);
        var (after, _) = await other.FoundAsync("Dev", "Bob");

        await _rooms.ListAsync();
        Assert.Same(after, _rooms.FindKnown("dev"));

        _time.Advance(ChatLimits.UnusedRoomAge + TimeSpan.FromSeconds(1));
        await other.RemoveUnusedAsync(ChatLimits.UnusedRoomAge);
        var forgotten = await _rooms.ForgetRemovedAsync();
        Assert.Equal([after], forgotten);
        Assert.Null(_rooms.FindKnown("dev"));
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task When_there_are_too_many_rooms_those_that_nobody_uses_make_room()
    {
        for (var i = 0; i < ChatLimits.Rooms; i++)
        {
            await _rooms.FoundAsync($"room {i}", "Mallory");
        }

        await AssertTooManyAsync();
        _time.Advance(ChatLimits.UnusedRoomMinAge + TimeSpan.FromSeconds(1));

        Assert.True((await _rooms.FoundAsync("Dev", "Alice")).IsNew);
        Assert.Single(_rooms.Known);
    }

    [Fact]
    public async Task A_client_is_told_that_the_database_does_not_answer()
    {
        _store.IsAway = true;

        Assert.Equal("unavailable", (await Assert.ThrowsAsync<SocketIOException>(async () => await _rooms.FindAsync("Dev"))).Code);
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<SocketIOException>(async () => await _rooms.ListAsync())).Code);
    }

    [Fact]
    public async Task A_database_that_is_back_is_asked_again_at_once()
    {
        _store.IsAway = true;
        await Assert.ThrowsAsync<SocketIOException>(async () => await _rooms.ListAsync());
        _store.IsAway = false;

        Assert.True((await _rooms.FoundAsync("Dev", "Alice")).IsNew);
    }

    private async Task AssertTooManyAsync() =>
        Assert.Equal("too_many_rooms", (await Assert.ThrowsAsync<SocketIOException>(async () => await _rooms.FoundAsync("Dev", "Alice"))).Code);

    [Fact]
    public async Task A_room_whose_name_looks_like_one_that_exists_is_that_room()
    {
        var (admin, _) = await _rooms.FoundAsync("Admin", "Alice");

        Assert.Equal(admin, await _rooms.FindAsync("Аdmin"));
        Assert.Equal((admin, false), await _rooms.FoundAsync("Ａｄｍｉｎ", "Bob"));
        Assert.Null(await _rooms.FindAsync("Admins"));
    }

    [Fact]
    public async Task Two_that_look_alike_and_are_founded_at_once_are_one_room()
    {
        var founded = await Task.WhenAll(new[] { "Admin", "Аdmin", "ADМIN" }.Select(name => Task.Run(async () => await _rooms.FoundAsync(name, "Alice"))));

        Assert.Single(founded, static each => each.IsNew);
        Assert.Single(founded.Select(static each => each.Room).Distinct());
    }

    [Fact]
    public async Task Rooms_from_before_looks_were_compared_open_each_by_its_name()
    {
        foreach (var name in new[] { "Admin", "Аdmin", "a\u3164b" })
        {
            await _store.FoundAsync(new NewRoom(name, "Alice", _time.GetUtcNow()), ChatLimits.Rooms);
        }

        Assert.Equal("Admin", (await _rooms.FindAsync("admin"))?.Name);
        Assert.Equal("Аdmin", (await _rooms.FindAsync("аdmin"))?.Name);
        Assert.Equal("a\u3164b", (await _rooms.FindExactlyAsync("A\u3164B"))?.Name);
        Assert.Equal("Admin", (await _rooms.FindAsync("Ａｄｍｉｎ"))?.Name);
        Assert.Equal(3, (await _rooms.FindAsync("ab"))?.Id);
    }

    [Fact]
    public async Task No_room_that_looks_like_it_stands_in_for_the_first_room()
    {
        await _store.FoundAsync(new NewRoom("gеneral", "Mallory", _time.GetUtcNow()), ChatLimits.Rooms);

        await _rooms.EnsureGeneralAsync();

        Assert.Equal("general", (await _rooms.FindAsync("General"))?.Name);
        Assert.Equal(0, _store.Listings);
    }
}
