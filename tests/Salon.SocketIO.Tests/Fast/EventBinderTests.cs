using System.Text;
using Salon.SocketIO.Events;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>What a handler gets of what a client sent, and what the client is told when it does not fit: never an exception.</summary>
[Trait("Stage", "fast")]
public sealed class EventBinderTests : IAsyncLifetime
{
    private readonly Parts _parts = new();
    private readonly EventTable _table = new();
    private readonly List<string> _got = [];
    private Socket _socket = null!;

    public static TheoryData<string, string> Fitting => new()
    {
        { "\"a\",1", "a 1" },
        { "\"a\",1,2,[],{}", "a 1" },
        { "\"\",-2147483648", " -2147483648" },
        { "\"\\ud83d\\ude00\",2147483647", "\ud83d\ude00 2147483647" },
        { "\"1\",1e2", "1 100" },
        { "\"1\",2.0", "1 2" },
        { "\"1\",\"3\"", "1 3" },
    };

    public static TheoryData<string, string> NotFitting => new()
    {
        { "", "Argument 1 (text) is missing." },
        { "\"a\"", "Argument 2 (number) is missing." },
        { "null,1", "Argument 1 (text) must not be null." },
        { "1,1", "Argument 1 (text) must be a string." },
        { "[\"a\"],1", "Argument 1 (text) must be a string." },
        { "\"a\",null", "Argument 2 (number) must be a whole number." },
        { "\"a\",\"x\"", "Argument 2 (number) must be a whole number." },
        { "\"a\",1.5", "Argument 2 (number) must be a whole number." },
        { "\"a\",2147483648", "Argument 2 (number) must be a whole number." },
        { "\"a\",true", "Argument 2 (number) must be a whole number." },
        { "\"a\",{}", "Argument 2 (number) must be a whole number." },
    };

    public ValueTask InitializeAsync()
    {
        _socket = _parts.Connect("socket");
        return default;
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    [Theory]
    [MemberData(nameof(Fitting))]
    public void Arguments_that_fit_are_given_and_those_that_are_too_many_are_not(string arguments, string got)
    {
        Assert.Null(Invoke((string text, int number) => Get($"{text} {number}"), arguments));
        Assert.Equal([got], _got);
    }

    [Theory]
    [MemberData(nameof(NotFitting))]
    public void Arguments_that_do_not_fit_are_named_in_an_error_and_the_handler_is_not_called(string arguments, string error)
    {
        Assert.Equal(error, Invoke((string text, int number) => Get($"{text} {number}"), arguments));
        Assert.Empty(_got);
    }

    [Theory]
    [InlineData("", "- -")]
    [InlineData("null", "- -")]
    [InlineData("null,null", "- -")]
    [InlineData("\"a\"", "a -")]
    [InlineData("null,7", "- 7")]
    public void Arguments_that_may_be_nothing_may_be_missing(string arguments, string got)
    {
        Assert.Null(Invoke((string? text, int? number) => Get($"{text ?? "-"} {number?.ToString(null, null) ?? "-"}"), arguments));
        Assert.Equal([got], _got);
    }

    [Fact]
    public void An_answer_takes_no_argument_wherever_it_stands_and_the_rest_is_all_that_is_left()
    {
        var listener = Listener((Ack ack, string first, EventArguments rest) => Get($"{ack.IsRequested} {first} {string.Join('|', Enumerable.Range(0, rest.Count).Select(i => Encoding.UTF8.GetString(rest[i].Utf8.Span)))}"));

        Assert.Null(Invoke(listener, "\"a\",1,{\"b\":[2]},null"));
        Assert.Null(Invoke(listener, "\"a\""));
        Assert.Equal("Argument 2 (first) is missing.", Invoke(listener, ""));

        Assert.Equal(["False a 1|{\"b\":[2]}|null", "False a "], _got);
    }

    [Fact]
    public void What_comes_after_the_rest_is_missing_and_JSON_is_taken_as_it_stands()
    {
        Assert.Equal("Argument 2 (last) is missing.", Invoke((EventArguments rest, string last) => Get($"{rest.Count} {last}"), "1,2,3"));
        Assert.Null(Invoke((RawJson raw, string last) => Get($"{Encoding.UTF8.GetString(raw.Utf8.Span)} {last}"), "{ \"a\" :1},\"b\""));
        Assert.Equal(["{ \"a\" :1} b"], _got);
    }

    [Theory]
    [InlineData("\"key\"", "key")]
    [InlineData("12", "12")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("\"\"", null)]
    [InlineData("1.5", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"", null)]
    public void A_key_is_a_short_text_or_a_whole_number(string argument, string? key)
    {
        var error = Invoke((IdempotencyKey id) => Get(id.Value), argument);

        Assert.Equal(key is null ? "Argument 1 (id) must be a text of 1 to 128 characters, or a whole number." : null, error);
        Assert.Equal(key is null ? [] : [key], _got);
    }

    [Fact]
    public void A_key_that_comes_twice_is_handled_once_where_an_answer_is_asked_for_and_each_event_has_its_own()
    {
        var (pay, order) = (Listener((IdempotencyKey id) => Get($"pay {id}"), "pay"), Listener((IdempotencyKey id) => Get($"order {id}"), "order"));

        foreach (var listener in new[] { pay, pay, order, pay, order })
        {
            Assert.Null(Invoke(listener, "\"k\"", new Ack(_socket, 1)));
        }

        Assert.Null(Invoke(pay, "\"other\"", new Ack(_socket, 1)));
        Assert.Null(Invoke(pay, "\"k\""));
        Assert.Null(Invoke(pay, "\"k\""));

        Assert.Equal(["pay k", "order k", "pay other", "pay k", "pay k"], _got);
    }

    [Fact]
    public void Binary_data_is_given_as_such_and_text_in_its_place_is_refused()
    {
        var listener = Listener((byte[] bytes) => Get(Convert.ToHexString(bytes)));
        var decoder = new PacketDecoder(PacketLimits.None);
        Assert.Equal(DecodeStatus.NeedsAttachment, decoder.Add("51-[\"event\",{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), out _));
        Assert.Equal(DecodeStatus.Complete, decoder.AddBinary([1, 2, 3], out var packet));

        _ = listener.InvokeAsync(_socket, packet, Ack.None, out var error);

        Assert.Null(error);
        Assert.Equal("Argument 1 (bytes) must be binary data.", Invoke(listener, "{}"));
        Assert.Equal("Argument 1 (bytes) must be binary data.", Invoke(listener, "{\"_placeholder\":true,\"num\":0}"));
        Assert.Equal(["010203"], _got);
    }

    [Fact]
    public void What_is_wrong_is_said_in_the_words_of_the_client()
    {
        Assert.Equal("Argument 1 (a) must be a boolean.", Invoke((bool a) => Get($"{a}"), "1"));
        Assert.Equal("Argument 1 (a) must be a number.", Invoke((double a) => Get($"{a}"), "\"x\""));
        Assert.Equal("Argument 1 (a) must be a number.", Invoke((decimal? a) => Get($"{a}"), "[]"));
        Assert.Equal("Argument 1 (a) must be a date.", Invoke((DateTime a) => Get($"{a}"), "\"x\""));
        Assert.Equal("Argument 1 (a) must be an array.", Invoke((int[] a) => Get($"{a.Length}"), "1"));
        Assert.Equal("Argument 1 (a) must be an object of the expected shape.", Invoke((Dictionary<string, int> a) => Get($"{a.Count}"), "{\"b\":\"c\"}"));
        Assert.Empty(_got);
    }

    private Task Get(string what)
    {
        _got.Add(what);
        return Task.CompletedTask;
    }

    private EventListener Listener<T1>(Func<T1, Task> handler, string name = "event") => new EventListener<T1>(_table, name, isOnce: false, handler, handler);

    private EventListener Listener<T1, T2, T3>(Func<T1, T2, T3, Task> handler) => new EventListener<T1, T2, T3>(_table, "event", isOnce: false, handler, handler);

    private string? Invoke<T1>(Func<T1, Task> handler, string arguments) => Invoke(Listener(handler), arguments);

    private string? Invoke<T1, T2>(Func<T1, T2, Task> handler, string arguments) =>
        Invoke(new EventListener<T1, T2>(_table, "event", isOnce: false, handler, handler), arguments);

    private string? Invoke(EventListener listener, string arguments, Ack? ack = null)
    {
        var packet = Parts.Read($"2[\"event\"{(arguments.Length > 0 ? "," : "")}{arguments}]");
        Assert.True(listener.InvokeAsync(_socket, packet, ack ?? Ack.None, out var error).IsCompletedSuccessfully);
        return error;
    }
}
