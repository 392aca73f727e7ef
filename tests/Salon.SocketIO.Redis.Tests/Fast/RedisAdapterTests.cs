using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Redis.Classic;
using Salon.SocketIO.Redis.Wire;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>
/// What adapters listen to from their beginning to their end: <see cref="RedisAdapter"/>, <c>ClassicAdapter</c>, <c>ShardedAdapter</c> and
/// <c>StreamsAdapter</c>, and what they answer without any client. The test plays Redis and the other servers.
/// </summary>
[Trait("Stage", "fast")]
public sealed class RedisAdapterTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly ServiceProvider _services;
    private readonly Namespace _space;

    public RedisAdapterTests()
    {
        _played.Answer = static call => call.Name is "PUBLISH" or "SPUBLISH" ? ScriptedRedis.Number(1) : call.Name == "XREVRANGE" ? ScriptedRedis.Array() : call.Name == "XREAD" ? null : call.Default;
        _services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<TimeProvider>(_played.Time).AddSocketIO().Services.BuildServiceProvider();
        _space = _services.GetRequiredService<SocketIOServer>().Of("/a");
    }

    public ValueTask InitializeAsync() => new(_played.ConnectedAsync());

    public async ValueTask DisposeAsync()
    {
        await _played.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData(RedisAdapterKind.Classic, "socket.io-request#/a#, socket.io-response#/a#, socket.io-response#/a#SELF#")]
    [InlineData(RedisAdapterKind.Sharded, "Ssocket.io#/a#, Ssocket.io#/a#SELF#")]
    [InlineData(RedisAdapterKind.Streams, "socket.io#/a#, socket.io#/a#SELF#, socket.io-release#/a#, socket.io-release#/a#SELF#")]
    public async Task It_listens_to_its_channels_until_its_end_and_one_that_comes_after_it_keeps_them(RedisAdapterKind kind, string channels)
    {
        _played.Options.Kind = kind;
        string[] own = [.. channels.Replace("SELF", _played.Hub.Members.Self, StringComparison.Ordinal).Split(", ")];
        await using var first = _played.Hub.CreateAdapter(_space);
        await Eventually.Async("it listens", () => Array.TrueForAll(own, channel => _played.Redis.CountSubscribers(channel) == 1));

        var second = _played.Hub.CreateAdapter(_space);
        await first.DisposeAsync().AsTask().Soon();
        await first.DisposeAsync().AsTask().Soon();
        Assert.All(own, channel => Assert.Equal(1, _played.Redis.CountSubscribers(channel)));
        await second.DisposeAsync().AsTask().Soon();

        await Eventually.Async("nobody listens", () => Array.TrueForAll(own, channel => _played.Redis.CountSubscribers(channel) == 0));
    }

    // Node.js takes what does not fit for a millisecond.
    [Theory]
    [InlineData(5, 5)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue + 1L, int.MaxValue)]
    [InlineData(900_000_000_000_000, int.MaxValue)]
    public void For_how_long_answers_are_waited_for_reaches_the_others_as_far_as_they_can_count(long milliseconds, int told)
    {
        var asked = new ClusterMessage(ClusterMessageType.Broadcast)
        {
            RequestId = "1",
            Event = new RawJson("[\"ask\"]"u8.ToArray(), []),
            Options = BroadcastOptions.Everybody with { Timeout = TimeSpan.FromMilliseconds(milliseconds) },
        };

        var classic = ClassicCodec.DecodeRequest(WireReader.Read(ClassicCodec.EncodeRequest(asked, "/").Span))!;
        var sharded = ClusterCodec.Decode(ClusterCodec.Encode(asked, "/").Span, "/")!;

        Assert.Equal(told, classic.Options.Timeout!.Value.TotalMilliseconds);
        Assert.Equal(told, sharded.Options.Timeout!.Value.TotalMilliseconds);
    }

    [Fact]
    public async Task While_Redis_is_away_it_begins_and_ends_at_once_and_nothing_is_listened_to_when_Redis_is_back()
    {
        _played.Redis.Stop();

        foreach (var kind in new[] { RedisAdapterKind.Classic, RedisAdapterKind.Sharded, RedisAdapterKind.Streams })
        {
            _played.Options.Kind = kind;
            var adapter = _played.Hub.CreateAdapter(_space);
            await adapter.DisposeAsync().AsTask().Soon();
        }

        _played.Redis.Start();
        await _played.UntilAsync("it is back", () => _played.Client.State == Salon.Redis.RedisState.Connected, seconds: 1);
        Assert.DoesNotContain(_played.Redis.Commands, static command => command.Contains("#/a#", StringComparison.Ordinal) && command.Contains("SUBSCRIBE", StringComparison.Ordinal));
    }
}
