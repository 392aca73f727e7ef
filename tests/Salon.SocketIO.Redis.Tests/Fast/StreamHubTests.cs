using System.Globalization;
using System.Text;
using Salon.SocketIO.Redis.Streams;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>One stream for many namespaces: who gets what was read, and what was written: <see cref="StreamHub"/>. The test plays Redis.</summary>
[Trait("Stage", "fast")]
public sealed class StreamHubTests : IAsyncLifetime
{
    private readonly PlayedHub _played = new();
    private readonly Lock _gate = new();
    private readonly List<string[]> _stream = [];
    private readonly List<ScriptedCall> _waiting = [];
    private readonly List<string> _read = [];
    private readonly StreamHub _hub;

    public StreamHubTests()
    {
        _played.Answer = Answer;
        _hub = new StreamHub(_played.Hub, PlayedHub.Stream, _played.Time, _played.Logger);
    }

    public async ValueTask InitializeAsync() => await Eventually.Async("it reads", () => _hub.Place.Id == "0-0");

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync().AsTask().Soon();
        await _played.DisposeAsync();
    }

    // By what Java calls the hash code; the sign stays.
    [Theory]
    [InlineData("/", 1, "socket.io")]
    [InlineData("/", 4, "socket.io-3")]
    [InlineData("/chat", 4, "socket.io-3")]
    [InlineData("/some long namespace", 5, "socket.io-1")]
    [InlineData("/😀", 7, "socket.io-5")]
    [InlineData("/notifications", 7, "socket.io--1")]
    public void The_stream_of_a_namespace_is_the_one_that_the_reference_chooses(string name, int count, string stream)
    {
        _played.Options.StreamCount = count;
        Assert.Equal(stream, StreamHub.NameFor(name, _played.Options));
    }

    [Fact]
    public async Task An_entry_is_for_its_namespace_and_for_none_when_there_is_no_such()
    {
        _hub.Add("/", ReaderOf("/"));
        _hub.Add("/a", ReaderOf("/a"));

        Append("/", "1");
        Append("/nobody", "2");
        Append("/a", "3");
        Append("/A", "4");
        Append("/", "5");

        await ReadAsync("/ 1-0 1", "/a 3-0 3", "/ 5-0 5");
        Assert.Equal("5-0", _hub.Place.Id);
    }

    [Fact]
    public async Task A_namespace_that_goes_and_comes_back_is_read_by_the_new_one_also_when_the_old_one_ends_after_it()
    {
        Action<string, StreamMessage> before = ReaderOf("before"), after = ReaderOf("after");
        _hub.Add("/", before);
        Append("/", "1");
        await ReadAsync("before 1-0 1");

        _hub.Add("/", after);
        _hub.Remove("/", before);
        _hub.Remove("/", before);
        Append("/", "2");
        await ReadAsync("before 1-0 1", "after 2-0 2");
        _hub.Remove("/", after);
        Append("/", "3");

        await Eventually.Async("it is read", () => _hub.Place.Id == "3-0");
        await ReadAsync("before 1-0 1", "after 2-0 2");
    }

    [Fact]
    public async Task A_namespace_that_fails_costs_the_others_nothing()
    {
        _played.Logs.Expect("StreamReader.OnEntry failed");
        _hub.Add("/a", static (_, _) => throw new InvalidOperationException());
        _hub.Add("/", ReaderOf("/"));

        Append("/a", "1");
        Append("/", "2");
        Append("/a", "3");
        Append("/", "4");

        await ReadAsync("/ 2-0 2", "/ 4-0 4");
    }

    [Fact]
    public async Task What_is_written_here_is_numbered_from_one_and_read_again_in_its_order()
    {
        Assert.Equal(0, _hub.LastNumber);
        _hub.Add("/", ReaderOf("/"));

        var numbers = Enumerable.Range(1, 20).Select(i => _hub.Write(PlayedHub.Message($"{i}"))).ToList();

        Assert.Equal(Enumerable.Range(1, 20).Select(static i => (long)i), numbers);
        Assert.Equal(20, _hub.LastNumber);
        await ReadAsync([.. Enumerable.Range(1, 20).Select(static i => $"/ {i}-0 {i}")]);
    }

    [Fact]
    public async Task After_its_end_nothing_is_read_or_written()
    {
        _hub.Add("/", ReaderOf("/"));
        await Eventually.Async("it waits for entries", () =>
        {
            lock (_gate)
            {
                return _waiting.Count == 1;
            }
        });

        await _hub.DisposeAsync().AsTask().Soon();
        await _hub.DisposeAsync().AsTask().Soon();

        Append("/", "late");
        Assert.Equal(0, _hub.Write(PlayedHub.Message("lost")));
        Assert.Equal(0, _hub.LastNumber);
        await ReadAsync();
    }

    private Action<string, StreamMessage> ReaderOf(string name) => (id, message) =>
    {
        lock (_gate)
        {
            _read.Add($"{name} {id} {Encoding.Latin1.GetString(message.Data.Span)}");
        }
    };

    private Task ReadAsync(params string[] read) => Eventually.Async($"it is read: {string.Join(", ", read)}", () =>
    {
        lock (_gate)
        {
            return _read.SequenceEqual(read);
        }
    });

    /// <summary>Another server writes; ids are places in the stream, from 1.</summary>
    private void Append(string name, string data)
    {
        lock (_gate)
        {
            Append("other server", name, "3", data, "0");
        }
    }

    private void Append(params string[] values)
    {
        _stream.Add(values);

        foreach (var call in _waiting)
        {
            call.Reply(ReadAfter(call)!);
        }

        _waiting.Clear();
    }

    private string? Answer(ScriptedCall call)
    {
        lock (_gate)
        {
            switch (call)
            {
                case { Name: "XREVRANGE" }:
                    return ScriptedRedis.Array(_stream.Count == 0 ? [] : [ToReply(_stream.Count)]);
                case { Name: "XRANGE", Words: [_, _, var id, ..] }:
                    return ScriptedRedis.Array(ToReply(NumberOf(id)));
                case { Name: "XREAD" } when ReadAfter(call) is { } read:
                    return read;
                case { Name: "XREAD" }:
                    _waiting.Add(call);
                    return null;
                case { Name: "EVALSHA", Words: [_, _, "1", PlayedHub.Stream, ..] }:
                    return ScriptedRedis.Array(call.Words.Skip(6).Chunk(5).Select(message =>
                    {
                        Append(message);
                        return ScriptedRedis.Bulk($"{_stream.Count}-0");
                    }).ToList());
                default:
                    return call.Default;
            }
        }
    }

    private string? ReadAfter(ScriptedCall call)
    {
        var after = NumberOf(call.Words[^1]);
        return after >= _stream.Count ? null : $"%1\r\n{ScriptedRedis.Bulk(PlayedHub.Stream)}{ScriptedRedis.Array(Enumerable.Range(after + 1, _stream.Count - after).Select(ToReply))}";
    }

    private static int NumberOf(string id) => int.Parse(id.Split('-')[0], CultureInfo.InvariantCulture);

    private string ToReply(int number) => ScriptedRedis.Array(
        ScriptedRedis.Bulk($"{number}-0"),
        ScriptedRedis.Array(new[] { "uid", "nsp", "type", "data", "n" }.Zip(_stream[number - 1]).SelectMany(static pair => new[] { pair.First, pair.Second }).Select(ScriptedRedis.Bulk)));
}
