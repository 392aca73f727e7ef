using System.Globalization;
using System.Text.Json;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Over streams, a client that lost its connection goes on at any server of the cluster.</summary>
public class SharedRecoveryTests
{
    [Theory]
    [EachTransport]
    public async Task Who_comes_back_to_another_server_finds_id_rooms_data_and_what_was_missed(string transport)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        var person = await Person.ConnectAsync(first.Uri, transport, "room");
        first.IO.Sockets.Sockets[person.Id].Data["name"] = "Alice";
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await LoseAsync(first, person);

        await first.IO.To("room").EmitAsync("from the first", 1);
        await second.IO.To("room").EmitAsync("from the second", new byte[] { 7 });
        await second.IO.To("elsewhere").EmitAsync("not for it");
        await first.IO.Except("room").EmitAsync("not for it");
        await first.IO.Volatile.EmitAsync("not for it");
        await second.IO.To(person.Id).EmitAsync("to one");
        await using var back = await person.ComeBackAsync(second.Uri, transport);

        Assert.Equal(person.Id, back.Id);
        var socket = second.IO.Sockets.Sockets[back.Id];
        Assert.True(socket.Recovered);
        Assert.Equal(new HashSet<string>([person.Id, "room"]), socket.Rooms);
        Assert.Equal("Alice", Assert.IsType<JsonElement>(socket.Data["name"]).GetString());
        Assert.Equal([1, 2, 3], Assert.IsType<byte[]>(socket.Data["bytes"]));
        await first.IO.To("room").EmitAsync("live");
        await Eventually.Async("it goes on", () => back.Names.Count == 3 && back.BinaryNames.Count == 1);
        Assert.Equal(["from the first", "live", "to one"], back.Names.Order(StringComparer.Ordinal));
        Assert.Equal(["from the second"], back.BinaryNames);
    }

    [Fact]
    public async Task Who_goes_back_and_forth_while_all_servers_emit_gets_everything_once_in_one_order()
    {
        const int Count = 1500;

        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await using var stays = await Person.ConnectAsync(first.Uri, room: "room");
        ClusterServer[] servers = [first, second];
        var emitting = Task.WhenAll(servers.Select((server, writer) => Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                await server.IO.To("room").EmitAsync("n", writer, i);

                if (i % 10 == 0)
                {
                    await Task.Yield();
                    Thread.Sleep(1);
                }
            }
        })));

        var person = await Person.ConnectAsync(first.Uri, room: "room");
        var (id, heard, hops) = (person.Id, new List<string>(), 0);

        while (!emitting.IsCompleted || hops < 10)
        {
            await Eventually.Async("something comes", () => person.Events.Count > 0 || emitting.IsCompleted);
            await person.DisposeAsync();
            heard.AddRange(person.Events);
            hops++;
            var before = person;
            person = await before.ComeBackAsync(servers[hops % 2].Uri);
            Assert.True(id == person.Id, $"Hop {hops}, after {before.Offset}.");
        }

        await emitting;
        await Eventually.Async("all comes", () => stays.Events.Count == 2 * Count);
        var all = stays.Events.Select(WithoutOffset).ToList();
        await Eventually.Async("the rest comes", () => person.Events.Count > 0 && WithoutOffset(person.Events.Last()) == all[^1]);
        await person.DisposeAsync();
        heard.AddRange(person.Events);

        // It came a little later than the one that stays.
        Assert.Equal(all[^heard.Count..], heard.Select(WithoutOffset));
        Assert.Equal(2 * Count, all.Distinct().Count());
    }

    [Fact]
    public async Task A_connection_that_another_server_takes_for_alive_is_closed_when_its_client_comes_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);

        await using var back = await person.ComeBackAsync(second.Uri);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("the first has let go", () => person.IsGone && first.IO.Sockets.Sockets.Count == 0);
        Assert.Contains("room", second.IO.Sockets.Sockets[back.Id].Rooms);
    }

    [Fact]
    public async Task A_server_that_stops_hands_its_clients_over()
    {
        await using var redis = await RedisServer.StartAsync();
        var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");

        await first.DisposeAsync();
        await second.IO.To("room").EmitAsync("missed");
        await using var back = await person.ComeBackAsync(second.Uri);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("it is replayed", () => back.Names.Contains("missed"));
    }

    [Fact]
    public async Task A_server_that_started_later_reads_what_it_did_not_hear()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await LoseAsync(first, person);

        for (var i = 0; i < 2500; i++)
        {
            await first.IO.To(i % 2 == 0 ? "room" : "other").EmitAsync("n", i);
        }

        await using var witness = await Person.ConnectAsync(first.Uri);
        await first.IO.EmitAsync("last");
        await Eventually.Async("all is in the stream", () => witness.Names.Contains("last"));
        await using var late = await StartAsync(redis);
        await KnowEachOtherAsync(first, late);
        await using var back = await person.ComeBackAsync(late.Uri);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("all is replayed", () => back.Names.Contains("last"));
        Assert.Equal(
            [.. Enumerable.Range(0, 1250).Select(static i => $"[\"n\",{2 * i}]"), "[\"last\"]"],
            back.Events.Select(WithoutOffset).Where(static text => text.StartsWith("[\"n\"", StringComparison.Ordinal) || text == "[\"last\"]"));
    }

    [Fact]
    public async Task Without_redis_clients_of_a_server_hear_it_at_once_and_recover_there_without_hearing_anything_twice()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        OutageTests.ExpectTrouble(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.To("room").EmitAsync("before");
        await Eventually.Async("it is there", () => person.Names.Contains("before"));

        await redis.StopAsync();
        await first.IO.To("room").EmitAsync("away", 1);
        await Eventually.Async("it is heard", () => person.Names.Contains("away"));
        await LoseAsync(first, person);
        await first.IO.To("room").EmitAsync("away", 2);
        person = await person.ComeBackAsync(first.Uri);
        await Eventually.Async("the rest is replayed", () => person.Events.Count == 1);
        Assert.Equal("[\"away\",2]", WithoutOffset(person.Events.Single()));

        await redis.StartAgainAsync();
        await Eventually.Async("the other has caught up", () => far.Names.Count(static name => name == "away") == 2);
        await Eventually.Async("the server's offsets mean something elsewhere again", async () =>
        {
            await first.IO.To("room").EmitAsync("back");
            return person.Names.Contains("back") && !person.Offset!.Contains('~', StringComparison.Ordinal);
        });
        await LoseAsync(first, person);
        await second.IO.To("room").EmitAsync("at last");
        await using var back = await person.ComeBackAsync(second.Uri);
        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("it goes on elsewhere", () => back.Names.Contains("at last"));
        Assert.DoesNotContain("away", back.Names);
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
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await first.IO.EmitAsync("before");
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await LoseAsync(first, person);

        await using var back = await person.ComeBackAsync(second.Uri, offset: offset);

        Assert.NotEqual(person.Id, back.Id);
        Assert.False(second.IO.Sockets.Sockets[back.Id].Recovered);
    }

    [Fact]
    public async Task Nobody_gets_what_was_emitted_before_they_came()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await LoseAsync(first, person);
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
        await using var first = await StartAsync(redis);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await LoseAsync(first, person);
        await using var witness = await Person.ConnectAsync(first.Uri);
        await first.IO.EmitAsync("missed");
        await Eventually.Async("it is in the stream", () => witness.Names.Contains("missed"));
        await redis.CommandAsync("XTRIM socket.io MAXLEN = 1");
        await using var late = await StartAsync(redis);
        await KnowEachOtherAsync(first, late);

        await using var back = await person.ComeBackAsync(late.Uri);

        Assert.NotEqual(person.Id, back.Id);
    }

    [Fact]
    public async Task A_session_is_taken_once_even_when_two_servers_are_asked_at_the_same_time()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        await KnowEachOtherAsync(first, second);
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await LoseAsync(first, person);

        var both = await Task.WhenAll(person.ComeBackAsync(first.Uri), person.ComeBackAsync(second.Uri));

        // One of them is the client, or became it after the other.
        await Eventually.Async("one connection is left with its id", () =>
            first.IO.Sockets.Sockets.ContainsKey(person.Id) != second.IO.Sockets.Sockets.ContainsKey(person.Id));

        foreach (var one in both)
        {
            await one.DisposeAsync();
        }
    }

    [Fact]
    public async Task Clients_move_between_servers_of_both_kinds()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);

        await ExternalProgram.RunAsync(
            "node",
            ["recovery.mjs", redis.Url, first.Uri.ToString().TrimEnd('/'), second.Uri.ToString().TrimEnd('/')],
            Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node"));
    }

    private static Task<ClusterServer> StartAsync(RedisServer redis) => ClusterServer.StartAsync(
        redis.Url,
        RedisAdapterKind.Streams,
        static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());

    /// <summary>Both servers read the stream.</summary>
    private static async Task KnowEachOtherAsync(ClusterServer first, ClusterServer second)
    {
        await using var near = await Person.ConnectAsync(first.Uri);
        await using var far = await Person.ConnectAsync(second.Uri);
        await EventuallyReachesAsync(first, far, "ready");
        await EventuallyReachesAsync(second, near, "ready too");
        await Eventually.Async("they are members", () => first.Members.Others.Count == 1 && second.Members.Others.Count == 1);
        await near.DisposeAsync();
        await far.DisposeAsync();
        await Eventually.Async("nobody is left", () => !first.IO.Sockets.Sockets.ContainsKey(near.Id) && !second.IO.Sockets.Sockets.ContainsKey(far.Id));
    }

    private static Task EventuallyReachesAsync(ClusterServer server, Person person, string name) => Eventually.Async($"{name} arrives", async () =>
    {
        await server.IO.EmitAsync(name);
        return person.Names.Contains(name);
    });

    private static async Task LoseAsync(ClusterServer server, Person person)
    {
        await person.DisposeAsync();
        server.IO.Sockets.Sockets.GetValueOrDefault(person.Id)?.Conn.Close();
        await Eventually.Async("it is missed", () => !server.IO.Sockets.Sockets.ContainsKey(person.Id));
    }

    /// <summary>The event without its last argument.</summary>
    private static string WithoutOffset(string text) => string.Create(CultureInfo.InvariantCulture, $"{text[..text.LastIndexOf(',')]}]");
}
