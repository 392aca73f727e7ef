using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>Redis can be reached, and does not want to: that is said once, with what is at stake, and once when it is over.</summary>
public class RefusalTests
{
    /// <summary>How Redis is brought to refuse, and to take again; what is refused.</summary>
    public static TheoryData<string[], string[], string> OfStreams => new()
    {
        { ["CONFIG SET maxmemory 1"], ["CONFIG SET maxmemory 0"], "write to the stream" },
        { ["ACL SETUSER salon -@scripting"], ["ACL SETUSER salon +@scripting"], "write to the stream" },
        { ["ACL SETUSER salon resetkeys"], ["ACL SETUSER salon allkeys"], "read the stream" },
        { ["REPLICAOF 127.0.0.1 1"], ["REPLICAOF NO ONE"], "write to the stream" },
    };

    [Theory]
    [MemberData(nameof(OfStreams))]
    public async Task What_streams_hold_while_redis_refuses_arrives_when_it_takes_it_again(string[] refuse, string[] allow, string what)
    {
        await using var redis = await StartAsync();
        await using var first = await ClusterServer.StartAsync(UrlOf(redis), RedisAdapterKind.Streams);
        await using var second = await ClusterServer.StartAsync(UrlOf(redis), RedisAdapterKind.Streams);
        Expect(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await EventuallyReachesAsync(first, far, "before");
        var refusals = first.Services.GetRequiredService<RedisRefusals>();

        await SendAsync(redis, refuse);
        await first.IO.To("room").EmitAsync("held");
        await Eventually.Async("it is refused", () => refusals.Current.Contains(what) && refusals.Current.Contains("lease"));
        var count = refusals.Count;
        await Eventually.Async("it is tried again", () => refusals.Count > count + 5);
        Assert.DoesNotContain("held", far.Names);

        await SendAsync(redis, allow);
        await far.WaitForNameAsync("held");
        await Eventually.Async("nothing is refused", () => !refusals.Any && refusals.Current.Count == 0);
        Assert.Single(Said(first, LogLevel.Warning, $"Redis refuses ({what})"));
        Assert.Single(Said(first, LogLevel.Warning, "Redis refuses (lease)"));
        Assert.Single(Said(first, LogLevel.Information, $"Redis takes it again ({what})"));
        Assert.Equal(1, far.Names.Count(static name => name == "held"));
    }

    [Fact]
    public async Task A_redis_that_cannot_save_is_told_of_like_one_that_is_full()
    {
        await using var redis = await StartAsync();
        await using var first = await ClusterServer.StartAsync(UrlOf(redis), RedisAdapterKind.Streams);
        Expect(first);
        var refusals = first.Services.GetRequiredService<RedisRefusals>();
        await Eventually.Async("it is there", () => first.Members.Others.Count == 0 && !refusals.Any);

        // What it would save into is gone.
        Directory.Delete(redis.Folder, recursive: true);
        await SendAsync(redis, ["CONFIG SET save \"3600 1\"", "BGSAVE"]);
        await Eventually.Async("it is refused", () => refusals.Current.Contains("lease"));
        Assert.Contains("MISCONF", Assert.Single(Said(first, LogLevel.Warning, "Redis refuses (lease)")).Message);

        Directory.CreateDirectory(redis.Folder);
        await SendAsync(redis, ["CONFIG SET save \"\""]);
        await Eventually.Async("it is taken", () => !refusals.Any);
    }

    [Theory]
    [InlineData(RedisAdapterKind.Classic)]
    [InlineData(RedisAdapterKind.Sharded)]
    [InlineData(RedisAdapterKind.Streams)]
    public async Task A_user_without_channels_hears_again_as_soon_as_it_has_them(RedisAdapterKind kind)
    {
        await using var redis = await StartAsync();
        await SendAsync(redis, ["ACL SETUSER salon resetchannels"]);
        await using var first = await ClusterServer.StartAsync(UrlOf(redis), kind);
        await using var second = await ClusterServer.StartAsync(UrlOf(redis), kind);
        Expect(first, second);
        var refusals = second.Services.GetRequiredService<RedisRefusals>();

        await Eventually.Async("it is refused", () => refusals.Current.Contains("listen to socket.io"));
        await using var near = await Person.ConnectAsync(first.Uri, room: "room");
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        Assert.Single((await near.AskAsync("fetch", new { }))[0].EnumerateArray());
        Assert.Contains(Said(first, LogLevel.Warning, "Redis refuses"), static entry => entry.Message.Contains("not heard here", StringComparison.Ordinal));

        await SendAsync(redis, ["ACL SETUSER salon allchannels"]);
        await Eventually.Async("it is heard", () => !refusals.Current.Any(static what => what.StartsWith("listen", StringComparison.Ordinal)));
        await EventuallyReachesAsync(first, far, "after");
        await Eventually.Async("both are found", async () => (await near.AskAsync("fetch", new { }))[0].GetArrayLength() == 2);
    }

    [Fact]
    public async Task A_user_that_loses_its_channels_later_is_told_of_and_hears_again()
    {
        await using var redis = await StartAsync();
        await using var first = await ClusterServer.StartAsync(UrlOf(redis), RedisAdapterKind.Classic);
        await using var second = await ClusterServer.StartAsync(UrlOf(redis), RedisAdapterKind.Classic);
        Expect(first, second);
        await using var far = await Person.ConnectAsync(second.Uri, room: "room");
        await EventuallyReachesAsync(first, far, "before");
        var refusals = second.Services.GetRequiredService<RedisRefusals>();

        await SendAsync(redis, ["ACL SETUSER salon resetchannels"]);
        await Eventually.Async("it is refused", () => refusals.Current.Contains("listen to socket.io"));
        await first.IO.To("room").EmitAsync("lost");
        await Eventually.Async("it is lost", () => first.Services.GetRequiredService<RedisRefusals>().Current.Contains("publish socket.io"));

        await SendAsync(redis, ["ACL SETUSER salon allchannels"]);
        await EventuallyReachesAsync(first, far, "after");
        await Eventually.Async("nothing is refused", () => !first.Services.GetRequiredService<RedisRefusals>().Current.Contains("publish socket.io"));
        Assert.Single(Said(first, LogLevel.Warning, "Redis refuses (publish socket.io)"));
    }

    private static async Task<RedisServer> StartAsync()
    {
        var redis = await RedisServer.StartAsync();
        await SendAsync(redis, ["ACL SETUSER salon on >secret ~* &* +@all"]);
        return redis;
    }

    private static string UrlOf(RedisServer redis) => $"redis://salon:secret@{redis.Host}";

    private static async Task SendAsync(RedisServer redis, string[] commands)
    {
        foreach (var command in commands)
        {
            Assert.StartsWith("+", await redis.CommandAsync(command));
        }
    }

    private static void Expect(params ClusterServer[] servers)
    {
        OutageTests.ExpectTrouble(servers);
        PoisonTests.ExpectPoison(servers);
    }

    private static LogEntry[] Said(ClusterServer server, LogLevel level, string text) =>
        [.. server.Logs.Entries.Where(entry => entry.Level == level && entry.Message.Contains(text, StringComparison.Ordinal))];

    private static Task EventuallyReachesAsync(ClusterServer from, Person to, string name) => Eventually.Async($"{name} arrives", async () =>
    {
        await from.IO.To("room").EmitAsync(name);
        return to.Names.Contains(name);
    });
}
