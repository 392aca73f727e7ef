using System.Text;
using Salon.SocketIO.Redis.Classic;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Which namespace gets which broadcast, from the one pattern that is listened to: <see cref="ClassicBroadcasts"/>. The test plays Redis.</summary>
[Trait("Stage", "fast")]
public sealed class ClassicBroadcastsTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly List<string> _heard = [];

    public ValueTask InitializeAsync() => new(_played.ConnectedAsync());

    public ValueTask DisposeAsync() => _played.DisposeAsync();

    [Theory]
    [InlineData("/#", "/ ")]
    [InlineData("/#room#", "/ room#")]
    [InlineData("/a#", "/a ")]
    [InlineData("/a#b#", "/a b#, /a#b ")]
    [InlineData("/a#b#c#", "/a b#c#, /a#b c#")]
    [InlineData("/##", "/ #")]
    [InlineData("/a", "")]
    [InlineData("/", "")]
    [InlineData("/nobody#", "")]
    [InlineData("/abcdefghijkl#room#", "")]
    public async Task A_broadcast_is_given_to_each_namespace_that_may_be_meant(string channel, string heard)
    {
        foreach (var name in new[] { "/", "/a", "/a#b" })
        {
            Broadcasts.Add(name, ReaderOf(name));
        }

        await ListeningAsync();
        Publish(channel);
        Publish("/#last#");

        await HeardAsync([.. heard.Split(", ").Where(static each => each.Length > 0), "/ last#"]);
    }

    [Fact]
    public async Task One_pattern_is_listened_to_however_many_namespaces_there_are_and_a_longer_name_that_comes_later_is_known()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                Broadcasts.Add($"/{worker}-{i}", ReaderOf($"/{worker}-{i}"));
            }
        })));
        await ListeningAsync();

        Publish("/3-49#");
        Publish("/0-0#x#");
        Publish("/a-longer-name#x#");
        Publish("/1-1#y#");
        await HeardAsync("/3-49 ", "/0-0 x#", "/1-1 y#");
        Broadcasts.Add("/a-longer-name", ReaderOf("/a-longer-name"));
        Publish("/a-longer-name#z#");

        await HeardAsync("/3-49 ", "/0-0 x#", "/1-1 y#", "/a-longer-name z#");
        Assert.Equal(1, _played.Redis.Count("PSUBSCRIBE"));
    }

    [Fact]
    public async Task A_namespace_that_goes_and_comes_back_is_read_by_the_new_one_also_when_the_old_one_ends_after_it()
    {
        ClassicBroadcasts.Reader before = ReaderOf("before"), after = ReaderOf("after");
        Broadcasts.Add("/a", before);
        await ListeningAsync();
        Broadcasts.Add("/a", after);
        Broadcasts.Remove("/a", before);
        Broadcasts.Remove("/a", before);
        Broadcasts.Remove("/unknown", before);
        Broadcasts.Add("/", ReaderOf("/"));

        Publish("/a#1#");
        await HeardAsync("after 1#");
        Broadcasts.Remove("/a", after);
        Publish("/a#2#");
        Publish("/#3#");

        await HeardAsync("after 1#", "/ 3#");
    }

    [Fact]
    public async Task One_who_fails_keeps_nobody_from_what_comes_after_it_and_is_told_of()
    {
        _played.Logs.Expect("RedisAdapter.OnMessage failed");
        _played.Logs.Expect("could not be read");
        Broadcasts.Add("/a", static (_, _) => throw new InvalidOperationException());
        Broadcasts.Add("/b", static (_, _) => throw new FormatException());
        Broadcasts.Add("/", ReaderOf("/"));
        await ListeningAsync();

        Publish("/a#");
        Publish("/b#");
        Publish("/#");

        await HeardAsync("/ ");
        Assert.Equal(2, _played.Logs.Entries.Count(static entry => entry.Exception is not null));
    }

    [Fact]
    public async Task Signs_that_mean_more_than_themselves_in_a_pattern_do_not_in_a_prefix()
    {
        _played.Options.KeyPrefix = "a*?[b]\\";
        Broadcasts.Add("/", ReaderOf("/"));

        await Eventually.Async("it listens", () => _played.Redis.CountSubscribers("a\\*\\?\\[b\\]\\\\#/*") == 1);
        Assert.Equal("PSUBSCRIBE a\\*\\?\\[b\\]\\\\#/*", _played.Redis.Commands.Single(static command => command.StartsWith("PSUBSCRIBE", StringComparison.Ordinal)));
        Push("a\\*\\?\\[b\\]\\\\#/*", "a*?[b]\\#/#room#");
        await HeardAsync("/ room#");
    }

    [Fact]
    public async Task At_the_end_it_is_not_listened_to_any_more_and_ending_it_twice_or_before_it_began_does_no_harm()
    {
        await using (var unused = new ClassicBroadcasts(_played.Hub))
        {
            await unused.DisposeAsync();
        }

        Broadcasts.Add("/", ReaderOf("/"));
        await ListeningAsync();

        await Broadcasts.DisposeAsync().AsTask().Soon();
        await Broadcasts.DisposeAsync().AsTask().Soon();

        Assert.Equal(1, _played.Redis.Count("PUNSUBSCRIBE"));
        Publish("/#");
        Broadcasts.Add("/late", ReaderOf("/late"));
        Broadcasts.Remove("/", ReaderOf("/"));
        Assert.Equal(1, _played.Redis.Count("PSUBSCRIBE"));
        Assert.Empty(_heard);
    }

    private ClassicBroadcasts Broadcasts => _played.Hub.Broadcasts;

    private ClassicBroadcasts.Reader ReaderOf(string name) => (message, room) =>
    {
        Assert.Equal("payload", Encoding.ASCII.GetString(message.Payload.Span));

        lock (_heard)
        {
            _heard.Add($"{name} {room}");
        }
    };

    private Task ListeningAsync() => Eventually.Async("it listens", () => _played.Redis.CountSubscribers("socket.io#/*") == 1);

    private void Publish(string channel) => Push("socket.io#/*", $"socket.io#{channel}");

    private void Push(string pattern, string channel) =>
        _played.Redis.Push($">4\r\n{ScriptedRedis.Bulk("pmessage")}{ScriptedRedis.Bulk(pattern)}{ScriptedRedis.Bulk(channel)}{ScriptedRedis.Bulk("payload")}");

    private Task HeardAsync(params string[] heard) => Eventually.Async($"it is heard: {string.Join(", ", heard)}", () =>
    {
        lock (_heard)
        {
            return _heard.SequenceEqual(heard);
        }
    });
}
