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
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        await using var witness = await Person.ConnectAsync(second.Uri, room: "witness");
        var person = await Person.ConnectAsync(first.Uri, transport, "room");
        first.IO.Sockets.Sockets[person.Id].Data["name"] = "Alice";
        await first.IO.EmitAsync("seen");
        await Eventually.Async("it is seen", () => person.Events.Count == 1);
        await person.LoseAsync(first);

        await first.IO.To("room").EmitAsync("from the first", 1);
        await second.IO.To("room").EmitAsync("from the second", new byte[] { 7 });
        await second.IO.To("elsewhere").EmitAsync("not for it");
        await first.IO.Except("room").EmitAsync("not for it");
        await first.IO.Volatile.EmitAsync("not for it");
        await second.IO.To(person.Id).EmitAsync("to one");

        // What is volatile is for those who are there when it is read.
        await first.IO.To("witness").EmitAsync("read");
        await witness.WaitForNameAsync("read");
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

        // After half a second without the stream a server would go its own way, in an order of its own, and a busy machine may need longer.
        await using var pair = await RecoveringPair.StartAsync(new ManualTimeProvider());
        var (first, second) = pair;
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
        var all = stays.Events.Select(Person.WithoutOffset).ToList();

        // Nothing comes any more when all had come before the last hop.
        await Eventually.Async("the rest comes", () => Person.WithoutOffset(person.Events.LastOrDefault() ?? heard[^1]) == all[^1]);
        await person.DisposeAsync();
        heard.AddRange(person.Events);

        // It came a little later than the one that stays.
        Assert.Equal(all[^heard.Count..], heard.Select(Person.WithoutOffset));
        Assert.Equal(2 * Count, all.Distinct().Count());
    }

    [Fact]
    public async Task A_connection_that_another_server_takes_for_alive_is_closed_when_its_client_comes_back()
    {
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
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
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");

        await first.StopAsync();
        await second.IO.To("room").EmitAsync("missed");
        await using var back = await person.ComeBackAsync(second.Uri);

        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("it is replayed", () => back.Names.Contains("missed"));
    }

    [Fact]
    public async Task Without_redis_clients_of_a_server_hear_it_at_once_and_recover_there_without_hearing_anything_twice()
    {
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        OutageTests.ExpectTrouble(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        var person = await Person.ConnectAsync(first.Uri, room: "room");
        await first.IO.To("room").EmitAsync("before");
        await Eventually.Async("it is there", () => person.Names.Contains("before"));

        await pair.Redis.StopAsync();
        await first.IO.To("room").EmitAsync("away", 1);
        await Eventually.Async("it is heard", () => person.Names.Contains("away"));
        await person.LoseAsync(first);
        await first.IO.To("room").EmitAsync("away", 2);
        person = await person.ComeBackAsync(first.Uri);
        await Eventually.Async("the rest is replayed", () => person.Events.Count == 1);
        Assert.Equal("[\"away\",2]", Person.WithoutOffset(person.Events.Single()));

        await pair.Redis.StartAgainAsync();
        await Eventually.Async("the other has caught up", () => far.Names.Count(static name => name == "away") == 2);
        await Eventually.Async("the server's offsets mean something elsewhere again", async () =>
        {
            await first.IO.To("room").EmitAsync("back");
            return person.Names.Contains("back") && !person.Offset!.Contains('~', StringComparison.Ordinal);
        });
        await person.LoseAsync(first);
        await second.IO.To("room").EmitAsync("at last");
        await using var back = await person.ComeBackAsync(second.Uri);
        Assert.Equal(person.Id, back.Id);
        await Eventually.Async("it goes on elsewhere", () => back.Names.Contains("at last"));
        Assert.DoesNotContain("away", back.Names);
    }

    [Fact]
    public async Task A_session_is_taken_once_even_when_two_servers_are_asked_at_the_same_time()
    {
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;
        await using var person = await Person.ConnectAsync(first.Uri, room: "room");
        await person.LoseAsync(first);

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
        await using var pair = await RecoveringPair.StartAsync();
        var (first, second) = pair;

        await ExternalProgram.RunAsync(
            "node",
            ["recovery.mjs", pair.Redis.Url, first.Uri.ToString().TrimEnd('/'), second.Uri.ToString().TrimEnd('/')],
            Path.Combine(Repository.Root, "tests/Salon.SocketIO.Redis.Tests/node"));
    }
}
