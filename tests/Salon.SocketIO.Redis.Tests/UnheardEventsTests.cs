using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>What a client missed before the server that it comes back to had heard of it is read in the stream.</summary>
public class UnheardEventsTests
{
    [Fact]
    public async Task A_server_that_started_later_reads_what_it_did_not_hear()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await RecoveringPair.StartServerAsync(redis);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await person.LoseAsync(first);

        for (var i = 0; i < 2500; i++)
        {
            await first.IO.To(i % 2 == 0 ? "room" : "other").EmitAsync("n", i);
        }

        await using var witness = await Person.ConnectAsync(first.Uri);
        await first.IO.EmitAsync("last");
        await Eventually.Async("all is in the stream", () => witness.Names.Contains("last"));
        await using var late = await RecoveringPair.StartServerAsync(redis);
        await RecoveringPair.KnowEachOtherAsync(first, late);
        await using var back = await person.ComeBackAsync(late.Uri);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("all is replayed", () => back.Names.Contains("last"));
        Assert.Equal(
            [.. Enumerable.Range(0, 1250).Select(static i => $"[\"n\",{2 * i}]"), "[\"last\"]"],
            back.Events.Select(Person.WithoutOffset).Where(static text => text.StartsWith("[\"n\"", StringComparison.Ordinal) || text == "[\"last\"]"));
    }

    [Theory]
    [InlineData("99999999999999-0")]
    [InlineData("18446744073709551615-18446744073709551615")]
    [InlineData("99999999999999999999-1")]
    [InlineData("-1-0")]
    [InlineData("5")]
    [InlineData("1-1~3")]
    [InlineData("")]
    public async Task An_offset_that_cannot_be_makes_a_new_client(string offset)
    {
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        await first.IO.EmitAsync("before");
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await person.LoseAsync(first);

        await using var back = await person.ComeBackAsync(second.Uri, offset: offset);

        Assert.NotEqual(person.Id, back.Id);
        Assert.False(second.IO.Sockets.Sockets[back.Id].Recovered);
    }

    [Fact]
    public async Task Nobody_gets_what_was_emitted_before_they_came()
    {
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await person.LoseAsync(first);
        await first.IO.EmitAsync("missed");

        await using var back = await person.ComeBackAsync(second.Uri, offset: "0-1");

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("what was missed is there", () => back.Names.Contains("missed"));
        Assert.Equal(["missed"], back.Names);
    }

    [Fact]
    public async Task What_the_stream_has_forgotten_is_not_passed_over_in_silence()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await RecoveringPair.StartServerAsync(redis);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await person.LoseAsync(first);
        await using var witness = await Person.ConnectAsync(first.Uri);
        await first.IO.EmitAsync("missed");
        await Eventually.Async("it is in the stream", () => witness.Names.Contains("missed"));
        await redis.CommandAsync("XTRIM socket.io MAXLEN = 1");
        await using var late = await RecoveringPair.StartServerAsync(redis);
        await RecoveringPair.KnowEachOtherAsync(first, late);

        await using var back = await person.ComeBackAsync(late.Uri);

        Assert.NotEqual(person.Id, back.Id);
    }

    [Theory]
    [EachTransport]
    public async Task An_event_that_no_client_could_read_is_passed_over(string transport)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await RecoveringPair.StartServerAsync(redis);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await using var witness = await Person.ConnectAsync(first.Uri, room: "witnesses");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await person.LoseAsync(first);

        // Clients hang up on a placeholder that stands for nothing.
        await first.IO.To("room").EmitAsync("poison", new { _placeholder = true, num = 5 }, new byte[] { 1 });
        await first.IO.To(["room", "witnesses"]).EmitAsync("last");
        await Eventually.Async("all is in the stream", () => witness.Names.Contains("last"));
        await using var late = await RecoveringPair.StartServerAsync(redis);
        late.Logs.Expect("cannot be read");
        await RecoveringPair.KnowEachOtherAsync(first, late);
        await using var back = await person.ComeBackAsync(late.Uri, transport);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("the rest is replayed", () => back.Names.Contains("last"));
        Assert.Empty(back.BinaryNames);
        Assert.Contains(late.Logs.Entries, static entry => entry.Message.Contains("cannot be read", StringComparison.Ordinal));
    }
}
