using System.Globalization;
using Salon.Redis;
using Salon.Tests;
using StreamWriter = Salon.SocketIO.Redis.Streams.StreamWriter;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>What waits for Redis and in which order it leaves, when Redis is away, refuses, or forgets. The test plays Redis.</summary>
[Trait("Stage", "fast")]
public sealed class StreamWriterStateTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly Lock _gate = new();
    private readonly List<string> _stream = [];
    private int _scripts;
    private string? _refusal;

    public StreamWriterStateTests() => _played.Answer = Append;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _played.DisposeAsync();

    [Fact]
    public async Task Messages_are_written_in_the_order_of_their_numbers_whoever_adds_them_and_however_many_at_once()
    {
        await using var writer = Create();
        await _played.ConnectedAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
            {
                Assert.NotEqual(0, writer.Add(PlayedHub.Message($"{thread}-{i}")));
            }
        })));

        await Eventually.Async("all are written", () => Written().Count == 1000);
        Assert.Equal(Enumerable.Range(1, 1000), Written().Select(static entry => int.Parse(entry.Split('#')[1], CultureInfo.InvariantCulture)));
        Assert.Equal(1000, writer.LastNumber);
    }

    [Fact]
    public async Task Many_messages_need_few_commands_and_when_all_are_written_Redis_is_left_alone()
    {
        _played.Redis.Stop();
        await using var writer = Create();

        for (var i = 0; i < 500; i++)
        {
            writer.Add(PlayedHub.Message($"{i}"));
        }

        _played.Redis.Start();
        await _played.UntilAsync("all are written", () => Written().Count == 500);
        writer.Add(PlayedHub.Message("last"));
        await Eventually.Async("the last is written", () => Written().Count == 501);

        // Two for what waited, one for the last, and a few that ask whether Redis remembers.
        Assert.InRange(Volatile.Read(ref _scripts), 3, 8);
    }

    [Fact]
    public async Task What_is_more_than_may_wait_is_lost_and_has_no_number_and_there_is_room_again_once_some_is_written()
    {
        _played.Options.Redis = new RedisOptions { MaxQueuedBytes = 1024 };
        _played.Redis.Stop();
        await using var writer = Create();
        var message = PlayedHub.Message(new string('x', 1024 - 3));

        Assert.Equal(1024, message.Size);
        Assert.Equal(1, writer.Add(message));
        Assert.Equal(0, writer.Add(PlayedHub.Message("")));
        Assert.Equal(1, writer.LastNumber);

        _played.Redis.Start();
        await _played.UntilAsync("it is written", () => Written().Count == 1);
        await _played.UntilAsync("there is room", () => writer.Add(PlayedHub.Message("y")) == 2);
        await _played.UntilAsync("it is written too", () => Written().Count == 2);
        Assert.Equal("y#2", Written()[1]);
    }

    [Fact]
    public async Task While_Redis_refuses_everything_is_kept_and_tried_again_and_that_is_said_once()
    {
        _played.Logs.Expect("Redis refuses");
        Volatile.Write(ref _refusal, "OOM command not allowed");
        await using var writer = Create();
        await _played.ConnectedAsync();
        writer.Add(PlayedHub.Message("a"));
        writer.Add(PlayedHub.Message("b"));

        await _played.UntilAsync("it was tried a few times", () => Volatile.Read(ref _scripts) > 5);
        Assert.Empty(Written());
        Assert.Equal(["write to the stream"], _played.Refusals.Current);
        Volatile.Write(ref _refusal, null);
        await _played.UntilAsync("both are written", () => Written().Count == 2);

        Assert.Equal(["a#1", "b#2"], Written());
        await Eventually.Async("it is taken again", () => !_played.Refusals.Any);
        Assert.Single(_played.Logs.Entries, static entry => entry.Message.StartsWith("Redis refuses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_Redis_forgets_is_written_again_before_what_comes_after_it_with_the_same_numbers()
    {
        _played.Logs.Expect("has forgotten 2");
        await using var writer = Create();
        await _played.ConnectedAsync();

        foreach (var data in new[] { "a", "b", "c" })
        {
            writer.Add(PlayedHub.Message(data));
        }

        await Eventually.Async("all are written", () => Written().Count == 3);
        Forget(2);
        writer.Add(PlayedHub.Message("d"));
        await _played.UntilAsync("all are there again", () => Written().Count == 4);

        Assert.Equal(["a#1", "b#2", "c#3", "d#4"], Written());
    }

    [Fact]
    public async Task Whoever_comes_back_is_asked_whether_it_remembers_although_there_is_nothing_to_write()
    {
        _played.Logs.Expect("has forgotten 1");
        _played.Logs.Expect("was lost");
        await using var writer = Create();
        await _played.ConnectedAsync();
        writer.Add(PlayedHub.Message("a"));
        await Eventually.Async("it is written", () => Written().Count == 1);

        Forget(1);
        _played.Redis.Cut();

        await _played.UntilAsync("it is there again", () => Written().Count == 1);
        Assert.Equal(["a#1"], Written());
    }

    [Fact]
    public async Task After_its_end_a_message_is_lost_and_nobody_is_hurt()
    {
        _played.Logs.Expect("was lost");
        var writer = Create();
        await _played.ConnectedAsync();
        writer.Add(PlayedHub.Message("a"));
        await Eventually.Async("it is written", () => Written().Count == 1);

        await writer.DisposeAsync();
        await writer.DisposeAsync();

        Assert.Equal(0, writer.Add(PlayedHub.Message("late")));
        Assert.Equal(1, writer.LastNumber);
        _played.Redis.Cut();
        await _played.UntilAsync("the client is back", () => _played.Logs.Entries.Count(static entry => entry.Message.StartsWith("Connected to Redis", StringComparison.Ordinal)) > 1);
        Assert.Equal(["a#1"], Written());
    }

    private StreamWriter Create() => new(_played.Hub, PlayedHub.Stream, _played.Time, _played.Logger);

    private List<string> Written()
    {
        lock (_gate)
        {
            return [.. _stream];
        }
    }

    private void Forget(int count)
    {
        lock (_gate)
        {
            _stream.RemoveRange(_stream.Count - count, count);
        }
    }

    // Ids are places in the stream, from 1. What is forgotten is written again with an id that was used: another Redis begins anew as well.
    private string? Append(ScriptedCall call)
    {
        lock (_gate)
        {
            switch (call)
            {
                case { Name: "XRANGE", Words: [_, _, var id, ..] }:
                    return Has(id) ? ScriptedRedis.Array(ScriptedRedis.Array(ScriptedRedis.Bulk(id), ScriptedRedis.Array())) : ScriptedRedis.Array();
                case { Name: "EVALSHA", Words: [_, _, "1", PlayedHub.Stream, var last, ..] }:
                    _scripts++;

                    if (_refusal is not null)
                    {
                        return ScriptedRedis.Error(_refusal);
                    }

                    if (last.Length > 0 && !Has(last))
                    {
                        return ScriptedRedis.Null;
                    }

                    var ids = PlayedHub.AddedBy(call).Select(entry =>
                    {
                        _stream.Add(entry);
                        return ScriptedRedis.Bulk($"{_stream.Count}-0");
                    });
                    return ScriptedRedis.Array(ids);
                default:
                    return call.Default;
            }
        }
    }

    private bool Has(string id) => int.Parse(id.Split('-')[0], CultureInfo.InvariantCulture) <= _stream.Count;
}
