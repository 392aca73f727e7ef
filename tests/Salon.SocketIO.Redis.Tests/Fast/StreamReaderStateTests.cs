using Salon.SocketIO.Redis.Streams;
using Salon.Tests;
using StreamReader = Salon.SocketIO.Redis.Streams.StreamReader;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Where reading begins and goes on, and what is given to whom, when the Redis that the test plays is away, refuses, or has forgotten.</summary>
[Trait("Stage", "fast")]
public sealed class StreamReaderStateTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly StreamPlace _place;
    private readonly Lock _gate = new();
    private readonly List<(string Id, StreamMessage Message)> _stream = [];
    private readonly List<ScriptedCall> _waiting = [];
    private readonly List<string> _read = [];
    private readonly Dictionary<string, Exception> _failing = [];
    private string? _refusal;

    public StreamReaderStateTests()
    {
        _place = new StreamPlace(_played.Time);
        _played.Answer = Answer;
    }

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _played.DisposeAsync();

    [Fact]
    public async Task What_was_there_before_is_not_read_and_all_that_follows_is_in_order()
    {
        Add("1-0", "old");
        await using var reader = Create();
        await Eventually.Async("it is at the end", () => _place.Id == "1-0");

        for (var i = 2; i <= 250; i++)
        {
            Add($"{i}-0", $"{i}");
        }

        await Eventually.Async("all are read", () => _place.Id == "250-0");
        Assert.Equal(Enumerable.Range(2, 249).Select(static i => $"{i}-0 {i}"), Read());
    }

    [Fact]
    public async Task An_empty_stream_is_read_from_its_beginning_and_what_was_written_twice_is_given_once()
    {
        await using var reader = Create();
        await Eventually.Async("it has begun", () => _place.Id == "0-0");

        Add("1-0", "a", number: 1);
        Add("2-0", "b", number: 2);
        Add("3-0", "a again", number: 1);
        Add("4-0", "b again", number: 2);
        Add("5-0", "a of another", number: 1, sender: "other");
        Add("6-0", "c", number: 3);
        Add("7-0", "without a number");
        Add("8-0", "without a number");

        await Eventually.Async("all are read", () => _place.Id == "8-0");
        Assert.Equal(["1-0 a", "2-0 b", "5-0 a of another", "6-0 c", "7-0 without a number", "8-0 without a number"], Read());
    }

    [Fact]
    public async Task One_entry_that_cannot_be_read_or_at_which_somebody_fails_keeps_none_behind_it_from_being_read()
    {
        _played.Logs.Expect("could not be read");
        _played.Logs.Expect("StreamReader.OnEntry failed");
        _failing["poison"] = new FormatException("It is poison.");
        _failing["mistake"] = new InvalidOperationException("A mistake.");
        await using var reader = Create();
        await Eventually.Async("it has begun", () => _place.Id == "0-0");

        Add("1-0", "poison");
        Add("2-0", "mistake");
        Add("3-0", "poison");
        Add("4-0", "whole");

        await Eventually.Async("all are read", () => _place.Id == "4-0");
        Assert.Equal(["4-0 whole"], Read());
        _played.Logs.AssertNothingUnexpected();
    }

    [Fact]
    public async Task After_a_lost_connection_it_goes_on_behind_what_it_read_last()
    {
        await using var reader = Create();
        await Eventually.Async("it has begun", () => _place.Id == "0-0");
        Add("1-0", "a");
        await Eventually.Async("it is read", () => _place.Id == "1-0");

        _played.Redis.Stop();
        Add("2-0", "b");
        Add("3-0", "c");
        _played.Redis.Start();

        await _played.UntilAsync("the rest is read", () => _place.Id == "3-0");
        Assert.Equal(["1-0 a", "2-0 b", "3-0 c"], Read());
    }

    [Fact]
    public async Task A_Redis_that_has_forgotten_the_last_entry_is_read_on_behind_the_newest_that_it_remembers_and_nothing_is_given_twice()
    {
        _played.Logs.Expect("is not in the stream any more");
        await using var reader = Create();
        await Eventually.Async("it has begun", () => _place.Id == "0-0");
        Add("1-0", "a", number: 1);
        Add("5-0", "b", number: 2);
        await Eventually.Async("both are read", () => _place.Id == "5-0");

        // The other Redis has not got the last one; its clock is behind, too.
        lock (_gate)
        {
            _stream.RemoveAt(1);
        }

        _played.Redis.Stop();
        Add("3-0", "b", number: 2);
        Add("4-0", "c", number: 3);
        _played.Redis.Start();

        await _played.UntilAsync("the new one is read", () => Read().Count == 3);
        Assert.Equal(["1-0 a", "5-0 b", "4-0 c"], Read());
    }

    [Fact]
    public async Task Of_a_Redis_that_has_forgotten_everything_all_is_read_that_came_since()
    {
        _played.Logs.Expect("is not in the stream any more");
        Add("7-0", "old");
        await using var reader = Create();
        await Eventually.Async("it has begun", () => _place.Id == "7-0");
        Add("8-0", "a");
        await Eventually.Async("it is read", () => _place.Id == "8-0");

        _played.Redis.Stop();

        lock (_gate)
        {
            _stream.Clear();
        }

        Add("2-0", "b");
        Add("3-0", "c");
        Add("9-0", "d");
        _played.Redis.Start();

        await _played.UntilAsync("the new ones are read", () => Read().Count == 4);
        Assert.Equal(["8-0 a", "2-0 b", "3-0 c", "9-0 d"], Read());
    }

    [Fact]
    public async Task While_Redis_refuses_it_is_asked_again_and_that_is_said_once()
    {
        _played.Logs.Expect("Redis refuses");
        _refusal = "NOPERM no permissions";
        await using var reader = Create();
        await _played.UntilAsync("it was asked a few times", () => _played.Refusals.Count > 3);
        Assert.Null(_place.Id);

        Volatile.Write(ref _refusal, null);
        Add("1-0", "before it could be read");
        await _played.UntilAsync("it has begun", () => _place.Id == "1-0");
        Add("2-0", "a");
        await _played.UntilAsync("it is read", () => _place.Id == "2-0");

        Assert.Equal(["2-0 a"], Read());
        Assert.False(_played.Refusals.Any);
    }

    [Fact]
    public async Task It_ends_while_it_waits_and_may_be_ended_twice()
    {
        var reader = Create();
        await Eventually.Async("it waits", () => Waiting() == 1);

        await reader.DisposeAsync().AsTask().Soon();
        await reader.DisposeAsync().AsTask().Soon();

        Add("1-0", "late");
        Assert.Empty(Read());
    }

    private StreamReader Create() => new(_played.Hub, PlayedHub.Stream, _played.Time, _played.Logger, _place, OnMessage);

    private void OnMessage(string id, StreamMessage message)
    {
        var data = System.Text.Encoding.Latin1.GetString(message.Data.Span);

        if (_failing.TryGetValue(data, out var failure))
        {
            throw failure;
        }

        lock (_gate)
        {
            _read.Add($"{id} {data}");
        }
    }

    private List<string> Read()
    {
        lock (_gate)
        {
            return [.. _read];
        }
    }

    private int Waiting()
    {
        lock (_gate)
        {
            return _waiting.Count;
        }
    }

    private void Add(string id, string data, long number = 0, string sender = "other server")
    {
        lock (_gate)
        {
            _stream.Add((id, PlayedHub.Message(data, sender, number)));

            foreach (var call in _waiting.ToList())
            {
                if (ReadAfter(call) is { } read)
                {
                    _waiting.Remove(call);
                    call.Reply(read);
                }
            }
        }
    }

    private string? Answer(ScriptedCall call)
    {
        lock (_gate)
        {
            if (_refusal is { } refusal && call.Name.StartsWith('X'))
            {
                return ScriptedRedis.Error(refusal);
            }

            switch (call)
            {
                case { Name: "XREVRANGE", Words: [_, _, var from, ..] }:
                    var last = _stream.Where(entry => from == "+" || StreamPlace.IsUpTo(entry.Id, from)).TakeLast(int.Parse(call.Words[^1], System.Globalization.CultureInfo.InvariantCulture)).Reverse();
                    return ScriptedRedis.Array(last.Select(ToReply));
                case { Name: "XREAD" } when ReadAfter(call) is { } read:
                    return read;
                case { Name: "XREAD" }:
                    _waiting.Add(call);
                    return null;
                default:
                    return call.Default;
            }
        }
    }

    private string? ReadAfter(ScriptedCall call)
    {
        var entries = _stream.Where(entry => !StreamPlace.IsUpTo(entry.Id, call.Words[^1])).Take(100).Select(ToReply).ToList();
        return entries.Count == 0 ? null : $"%1\r\n{ScriptedRedis.Bulk(PlayedHub.Stream)}{ScriptedRedis.Array(entries)}";
    }

    private static string ToReply((string Id, StreamMessage Message) entry) => ScriptedRedis.Array(
        ScriptedRedis.Bulk(entry.Id),
        ScriptedRedis.Array(
            new[]
            {
                "uid", entry.Message.Sender, "nsp", "/", "type", "3", "data", System.Text.Encoding.Latin1.GetString(entry.Message.Data.Span), "n", $"{entry.Message.Number}",
            }.Select(ScriptedRedis.Bulk)));
}
