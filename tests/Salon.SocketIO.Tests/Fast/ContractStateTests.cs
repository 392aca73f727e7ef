using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Salon.SocketIO.Contracts;
using Salon.SocketIO.Events;
using Salon.Tests;

namespace Salon.SocketIO.Tests.Fast;

/// <summary>
/// What is made for one event and goes with it, whoever fails on the way, and what arguments must be like: <see cref="ContractFactory"/>,
/// <see cref="ContractListener"/>, <see cref="ContractParameter"/>, <see cref="ObjectRules"/>, <see cref="PropertyRules"/> and <see cref="SocketNamespace"/>.
/// </summary>
[Trait("Stage", "fast")]
public sealed class ContractStateTests : IAsyncLifetime
{
    private readonly Parts _parts = new();
    private readonly List<string> _log = [];
    private readonly ServiceProvider _services;
    private Socket _socket = null!;

    public ContractStateTests() => _services = new ServiceCollection().AddSingleton(_log).AddScoped<Service>().BuildServiceProvider(validateScopes: true);

    public ValueTask InitializeAsync()
    {
        _socket = _parts.Connect("socket");
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _parts.DisposeAsync();
    }

    [Fact]
    public async Task Each_event_has_an_instance_and_a_scope_and_both_end_in_this_order()
    {
        var listener = ListenerOf<Plain>("say");

        await Invoke(listener, "2[\"say\",\"a\"]");
        await Invoke(listener, "2[\"say\",\"b\"]");

        Assert.Equal(["made", "a socket", "instance", "service", "made", "b socket", "instance", "service"], _log);
    }

    [Fact]
    public async Task The_scope_ends_also_when_the_end_of_the_instance_fails_and_the_failure_is_told()
    {
        var listener = ListenerOf<FailingEnd>("say");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Invoke(listener, "2[\"say\"]"));

        Assert.Equal(["made", "said", "service"], _log);
    }

    [Fact]
    public async Task A_constructor_that_fails_says_why_and_what_was_made_for_it_ends()
    {
        var listener = ListenerOf<FailingStart>("say");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Invoke(listener, "2[\"say\"]"));

        Assert.Equal(["made", "service"], _log);
    }

    [Fact]
    public async Task A_handler_that_fails_takes_instance_and_scope_with_it()
    {
        var listener = ListenerOf<Plain>("fail");

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Invoke(listener, "2[\"fail\"]"));

        Assert.Equal(["made", "instance", "service"], _log);
    }

    [Theory]
    [InlineData("2[\"say\"]", "Argument 1 (text) is missing")]
    [InlineData("2[\"say\",1]", "Argument 1 (text) must be")]
    [InlineData("2[\"say\",\"much too long\"]", "Argument 1 (text): ")]
    [InlineData("2[\"add\",{\"lines\":[{\"text\":\"a\"},{\"text\":\"\"}]}]", "Argument 1 (order): ")]
    public void For_arguments_that_do_not_fit_nothing_is_made(string packet, string error)
    {
        var listener = ListenerOf<Plain>(packet.Split('"')[1]);

        Assert.True(listener.InvokeAsync(_socket, Parts.Read(packet), Ack.None, out var actual).IsCompletedSuccessfully);

        Assert.StartsWith(error, actual, StringComparison.Ordinal);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task However_many_events_come_at_once_each_has_its_own_instance_and_none_gets_anothers_arguments()
    {
        var listener = ListenerOf<Counting>("count");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await Invoke(listener, $"2[\"count\",{(worker * 1000) + i}]");
            }
        }))).Soon();

        Assert.Equal(1600, Counting.Seen.Distinct().Count());
    }

    [Fact]
    public void The_socket_is_not_known_in_the_constructor() => Assert.Throws<InvalidOperationException>(() => new Plain(null!, []).Socket);

    [Fact]
    public void Rules_are_found_in_whatever_is_in_a_value_and_nothing_that_is_there_is_passed_over()
    {
        var rules = ObjectRules.For(typeof(Node))!;

        Assert.Null(rules.Validate(new Node("ok", new Node("ok", null, [], null, null), [null, new Node("ok", null, [], null, null)], null, 5)));
        Assert.NotNull(rules.Validate(new Node("", null, [], null, null)));
        Assert.NotNull(rules.Validate(new Node("ok", new Node("ok", new Node("", null, [], null, null), [], null, null), [], null, null)));
        Assert.NotNull(rules.Validate(new Node("ok", null, [null, new Node("", null, [], null, null)], null, null)));
        Assert.NotNull(rules.Validate(new Node("ok", null, [], new Dictionary<string, Node> { ["a"] = new("", null, [], null, null) }, null)));
        Assert.NotNull(rules.Validate(new Node("ok", null, [], null, 11)));
        Assert.Null(ObjectRules.For(typeof(string)));
        Assert.Null(ObjectRules.For(typeof(int?)));
        Assert.Null(ObjectRules.For(typeof(List<string>)));
    }

    [Fact]
    public void Of_a_value_of_a_derived_type_the_rules_of_that_type_are_checked()
    {
        var rules = ObjectRules.For(typeof(Shape))!;

        Assert.Null(rules.Validate(new Circle(5)));
        Assert.NotNull(rules.Validate(new Circle(-1)));
        Assert.Null(rules.Validate(new Shape()));
    }

    [Fact]
    public void A_value_that_checks_itself_is_asked_after_the_rules_of_its_properties()
    {
        var rules = ObjectRules.For(typeof(Span))!;

        Assert.Null(rules.Validate(new Span { From = 1, To = 2 }));
        Assert.Equal("turned round", rules.Validate(new Span { From = 2, To = 1 })!.ErrorMessage);
        Assert.NotEqual("turned round", rules.Validate(new Span { From = -2, To = -3 })!.ErrorMessage);
    }

    private ContractListener ListenerOf<T>(string name)
        where T : SocketNamespace
    {
        var contract = SocketContract.Describe(typeof(T));
        return new ContractListener(new EventTable(), contract.Handled.Single(handled => handled.Name == name), new ContractFactory(contract.Type, _services), policy: null);
    }

    private async Task Invoke(ContractListener listener, string packet)
    {
        var handling = listener.InvokeAsync(_socket, Parts.Read(packet), Ack.None, out var error);
        Assert.Null(error);
        await handling;
    }

    /// <summary>As those of databases: it has nothing but an asynchronous end.</summary>
    public sealed class Service : IAsyncDisposable
    {
        private readonly List<string> _log;

        public Service(List<string> log)
        {
            _log = log;
            log.Add("made");
        }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            _log.Add("service");
        }
    }

    public sealed class Plain(Service service, List<string> log) : SocketNamespace, IDisposable
    {
        [On("say")]
        public async Task SayAsync([MaxLength(5)] string text)
        {
            await Task.Yield();
            log.Add($"{text} {Socket.Id}");
        }

        [On("add")]
        public void Add(Order order) => log.Add(order.ToString());

        [On("fail")]
        public void Fail() => throw new InvalidTimeZoneException(service.ToString());

        public void Dispose() => log.Add("instance");
    }

    public sealed class FailingEnd(Service service, List<string> log) : SocketNamespace, IAsyncDisposable
    {
        [On("say")]
        public void Say() => log.Add("said");

        public ValueTask DisposeAsync() => throw new InvalidTimeZoneException(service.ToString());
    }

    public sealed class FailingStart : SocketNamespace
    {
        public FailingStart(Service service) => throw new InvalidTimeZoneException(service.ToString());

        [On("say")]
        public void Say() => Socket.Disconnect();
    }

    public sealed class Counting : SocketNamespace
    {
        private int _number = -1;

        public static System.Collections.Concurrent.ConcurrentBag<int> Seen { get; } = [];

        [On("count")]
        public async Task CountAsync(int number)
        {
            Assert.Equal(-1, _number);
            _number = number;
            await Task.Yield();
            Seen.Add(_number);
        }
    }

    public sealed record Order(IReadOnlyList<Line> Lines);

    public sealed record Line([property: Required] string Text);

    public sealed record Node([Required] string Name, Node? Next, Node?[] Others, Dictionary<string, Node>? ByName, [Range(0, 10)] int? Number);

    [JsonDerivedType(typeof(Shape), "shape")]
    [JsonDerivedType(typeof(Circle), "circle")]
    public record Shape;

    public sealed record Circle([property: Range(0, 10)] double Radius) : Shape;

    public sealed class Span : IValidatableObject
    {
        [Range(0, 10)]
        public int From { get; init; }

        public int To { get; init; }

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => From > To ? [new ValidationResult("turned round")] : [];
    }
}
