using Salon.Redis;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>A subscription from the wish for it to its end, whatever the Redis that the test plays does meanwhile.</summary>
[Trait("Stage", "fast")]
public sealed class ListeningTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly List<string> _heard = [];
    private volatile string? _refusal;

    public ListeningTests() => _played.Answer = call => call.Name == "SUBSCRIBE" && _refusal is { } refusal ? ScriptedRedis.Error(refusal) : call.Default;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _played.DisposeAsync();

    [Fact]
    public async Task What_is_published_is_heard_from_its_confirmation_to_its_end()
    {
        var listening = Listen();
        await listening.Started.Soon();
        _played.Redis.Publish("news", "a");
        await Eventually.Async("it is heard", () => Heard() == "a");

        await listening.DisposeAsync();
        await listening.DisposeAsync();

        Assert.Equal(0, _played.Redis.Publish("news", "b"));
        Assert.Equal("a", Heard());
    }

    [Fact]
    public async Task What_Redis_refuses_is_asked_for_again_after_longer_and_longer_and_whoever_waits_for_the_first_answer_goes_on()
    {
        _played.Logs.Expect("Redis refuses");
        _refusal = "NOPERM this user has no permissions";
        await using var listening = Listen();
        await listening.Started.Soon();
        await Eventually.Async("it is known that it is refused", () => _played.Refusals.Any);
        Assert.Equal(1, _played.Redis.Count("SUBSCRIBE"));

        // A quarter of a second, a half, one, two, four, five, five.
        foreach (var pause in new[] { 0.25, 0.5, 1, 2, 4, 5, 5 })
        {
            var asked = _played.Redis.Count("SUBSCRIBE");
            var refused = _played.Refusals.Count;
            _played.Time.Advance(TimeSpan.FromSeconds(pause - 0.001));
            Assert.Equal(asked, _played.Redis.Count("SUBSCRIBE"));
            await _played.UntilAsync("it is asked for again", () => _played.Refusals.Count > refused);
        }

        _refusal = null;
        await _played.UntilAsync("it is taken", () => !_played.Refusals.Any);
        _played.Redis.Publish("news", "at last");
        await Eventually.Async("it is heard", () => Heard() == "at last");
    }

    [Fact]
    public async Task It_ends_at_once_while_Redis_is_away_and_whoever_waits_for_it_goes_on()
    {
        _played.Redis.Stop();
        var listening = Listen();
        Assert.False(listening.Started.IsCompleted);

        await listening.DisposeAsync().AsTask().Soon();

        Assert.True(listening.Started.IsCompletedSuccessfully);
        Assert.Equal(0, _played.Redis.Count("SUBSCRIBE"));
    }

    [Fact]
    public async Task With_the_end_of_the_client_it_ends_as_well_and_before_it_began()
    {
        var listening = Listen();
        await listening.Started.Soon();
        await _played.Client.DisposeAsync();
        await listening.DisposeAsync().AsTask().Soon();

        var late = Listen();
        await late.Started.Soon();
        await late.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task A_connection_that_was_lost_is_the_same_subscription()
    {
        _played.Logs.Expect("was lost");
        await using var listening = Listen();
        await listening.Started.Soon();

        _played.Redis.Cut();

        await _played.UntilAsync("it is subscribed again", () => _played.Redis.Count("SUBSCRIBE") == 2);
        await _played.UntilAsync("it is heard", () => _played.Redis.Publish("news", "x") > 0 && Heard().EndsWith('x'));
        Assert.False(_played.Refusals.Any);
    }

    private Listening Listen() => new(_played.Client, "news", ListeningKind.Channel, OnMessage, _played.Refusals, _played.Time);

    private void OnMessage(RedisMessage message)
    {
        lock (_heard)
        {
            _heard.Add(System.Text.Encoding.Latin1.GetString(message.Payload.Span));
        }
    }

    private string Heard()
    {
        lock (_heard)
        {
            return string.Join(' ', _heard);
        }
    }
}
