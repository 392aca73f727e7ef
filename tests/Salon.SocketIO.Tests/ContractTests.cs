using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Namespaces that are classes: their methods handle events.</summary>
public class ContractTests
{
    [Theory]
    [EachTransport]
    public async Task What_a_method_returns_answers_the_ack(string transport)
    {
        await using var server = await StartAsync<Answers>();
        await using var client = await ConnectAsync(server, transport);

        foreach (var (sent, answer) in new[]
        {
            ("\"value\",1", "[2]"),
            ("\"task\",1", "[2]"),
            ("\"valueTask\",1", "[2]"),
            ("\"nothing\"", "[]"),
            ("\"no task\"", "[]"),
            ("\"no value task\"", "[]"),
            ("\"ack\"", "[1,\"two\"]"),
            ("\"record\",{\"name\":\"Alice\"}", "[{\"name\":\"Alice\",\"age\":null}]"),
            ("\"null\"", "[null]"),
            ("\"rest\",1,\"2\",[3]", "[3]"),
            ("\"page\"", "[\"1 Small 00000000-0000-0000-0000-000000000000 null\"]"),
            ("\"page\",2,1,\"11111111-2222-3333-4444-555555555555\",3", "[\"2 Large 11111111-2222-3333-4444-555555555555 3\"]"),
        })
        {
            await client.SendAsync($"421[{sent}]");
            Assert.Equal("431" + answer, await client.ReceiveAsync());
        }
    }

    [Theory]
    [EachTransport]
    public async Task Wrong_and_invalid_arguments_are_answered_and_the_method_is_not_called(string transport)
    {
        await using var server = await StartAsync<Rules>();
        server.Logs.Expect("say");
        server.Logs.Expect("order");
        server.Logs.Expect("prices");
        server.Logs.Expect("pay");
        await using var client = await ConnectAsync(server, transport);

        foreach (var (sent, message) in new[]
        {
            ("\"say\"", "Argument 1 (room) is missing."),
            ("\"say\",7,\"x\"", "Argument 1 (room) must be a string."),
            ("\"say\",\"r\",\"too long\"", "Argument 2 (text): The field text must be a string or array type with a maximum length of '5'."),
            ("\"say\",\"r\",null", "Argument 2 (text) must not be null."),
            ("\"order\",{\"quantity\":0,\"items\":[]}", "Argument 1 (order): The field quantity must be between 1 and 9."),
            ("\"order\",{\"quantity\":1,\"items\":[{\"code\":\"AB\"},{\"code\":\"a\"}]}", "Argument 1 (order): The field code must match the regular expression '[A-Z]+'."),
            ("\"order\",{\"quantity\":1,\"items\":[],\"gift\":{\"quantity\":99,\"items\":[]}}", "Argument 1 (order): The field quantity must be between 1 and 9."),
            ("\"order\",{\"quantity\":3,\"items\":[]}", "Argument 1 (order): Three are never enough."),
            ("\"prices\",{\"a\":{\"code\":\"a\"}}", "Argument 1 (items): The field code must match the regular expression '[A-Z]+'."),
            ("\"pay\",{\"kind\":\"card\",\"number\":\"12345\"}", "Argument 1 (payment): The field number must be a string or array type with a maximum length of '4'."),
            ("\"order\",[]", "Argument 1 (order) must be an object of the expected shape."),
        })
        {
            await client.SendAsync($"421[{sent}]");
            var error = JsonDocument.Parse((await client.ReceiveAsync())![3..]).RootElement[0].GetProperty("error");
            Assert.Equal("invalid_argument", error.GetProperty("code").GetString());
            Assert.Equal(message, error.GetProperty("message").GetString());
        }

        await client.SendAsync("""422["say","r","short"]""", """423["order",{"quantity":2,"items":[{"code":"AB"},null]}]""");
        Assert.Equal("432[\"called\"]", await client.ReceiveAsync());
        Assert.Equal("433[2]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Each_event_has_an_instance_and_a_scope_and_both_are_disposed_of(string transport)
    {
        await using var server = await StartAsync<Scoped>();
        await using var client = await ConnectAsync(server, transport);
        var log = server.Services.GetRequiredService<Log>();

        await client.SendAsync("421[\"number\"]", "422[\"number\"]", "423[\"fails\"]", "424[\"number\"]");
        server.Logs.Expect("fails");

        Assert.Equal("431[\"1 1\"]", await client.ReceiveAsync());
        Assert.Equal("432[\"2 2\"]", await client.ReceiveAsync());
        Assert.Contains("internal_error", await client.ReceiveAsync());
        Assert.Equal("434[\"4 4\"]", await client.ReceiveAsync());
        await Eventually.Async("all are disposed of", () => log.Count == 8);
        Assert.Equal(["contract 1", "service 1", "contract 2", "service 2", "contract 3", "service 3", "contract 4", "service 4"], log);
    }

    [Theory]
    [EachTransport]
    public async Task It_learns_who_comes_and_goes(string transport)
    {
        await using var server = await StartAsync<Doors>();
        var log = server.Services.GetRequiredService<Log>();
        await using (var client = await ConnectAsync(server, transport))
        {
            await client.SendAsync("421[\"name\"]");
            Assert.Equal("431[\"Alice\"]", await client.ReceiveAsync());
            await client.SendAsync("41");
        }

        await Eventually.Async("the socket has left", () => log.Count == 2);
        Assert.Equal(["Alice came", "Alice left: ClientNamespaceDisconnect"], log);
    }

    [Theory]
    [EachTransport]
    public async Task It_emits_by_calling_its_clients(string transport)
    {
        await using var server = await StartAsync<Chat>("/chat");
        await using var alice = await ConnectAsync(server, transport, "/chat,");
        await using var bob = await ConnectAsync(server, transport, "/chat,");

        await bob.SendAsync("""42/chat,1["join","room"]""");
        Assert.Equal("43/chat,1[]", await bob.ReceiveAsync());
        await alice.SendAsync("""42/chat,1["join","room"]""");
        Assert.Equal("42/chat,[\"user-joined\",\"room\"]", await bob.ReceiveAsync());
        Assert.Equal("43/chat,1[]", await alice.ReceiveAsync());

        await alice.SendAsync("""42/chat,2["say","room","hello"]""");
        Assert.Equal("42/chat,[\"message\",{\"text\":\"hello\"},7,null]", await alice.ReceiveAsync());
        Assert.Equal("43/chat,2[]", await alice.ReceiveAsync());
        Assert.Equal("42/chat,[\"message\",{\"text\":\"hello\"},7,null]", await bob.ReceiveAsync());

        await alice.SendAsync("""42/chat,3["guess"]""");
        Assert.Equal("42/chat,0[\"question\",\"6 x 7\"]", await alice.ReceiveAsync());
        await alice.SendAsync("43/chat,0[42]");
        Assert.Equal("43/chat,3[42]", await alice.ReceiveAsync());

        server.Logs.Expect("guessMany");
        await alice.SendAsync("""42/chat,4["guessMany"]""");
        Assert.Contains("internal_error", await alice.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Handlers_of_the_socket_and_of_several_contracts_are_all_called(string transport)
    {
        await using var server = await TestServer.StartAsync(
            app => app.MapSocketIO().Of("/child-1").OnConnection(socket => socket.On("echo", (string text) => socket.EmitAsync("lambda", text))),
            services => services.AddSocketIO()
                .AddNamespace<Echo>(new System.Text.RegularExpressions.Regex("^/child-"))
                .AddNamespace<Echo>("/child-1"));
        await using var client = await ConnectAsync(server, transport, "/child-1,");

        await client.SendAsync("""42/child-1,["echo","x"]""");

        foreach (var expected in new[] { "lambda", "contract", "contract" })
        {
            Assert.Equal($"42/child-1,[\"{expected}\",\"x\"]", await client.ReceiveAsync());
        }

        await client.SendAsync("""42/child-1,1["nobody"]""", """42/child-1,["echo","y"]""");
        Assert.Equal("42/child-1,[\"lambda\",\"y\"]", await client.ReceiveAsync());
    }

    private static Task<TestServer> StartAsync<TContract>(string name = "/")
        where TContract : SocketNamespace =>
        TestServer.StartAsync(
            app => app.MapSocketIO(),
            services =>
            {
                services.AddSingleton<Log>();
                services.AddScoped<Service>();
                services.AddSocketIO().AddNamespace<TContract>(name);
            });

    private static async Task<RawClient> ConnectAsync(TestServer server, string transport, string name = "")
    {
        var client = await RawClient.OpenAsync(server.Uri, transport, SocketServer.Path);
        await client.SendAsync("40" + name);
        Assert.StartsWith($"40{name}{{", await client.ReceiveAsync());
        return client;
    }

    private sealed class Log : ConcurrentQueue<string>;

    private sealed class Service(Log log) : IDisposable
    {
        private static int s_count;

        public int Number { get; } = log.IsEmpty ? s_count = 1 : ++s_count;

        public void Dispose() => log.Enqueue($"service {Number}");
    }

    internal enum Size
    {
        Small,
        Large,
    }

    internal sealed record Person(string Name, int? Age = null);

    internal sealed class Answers : SocketNamespace
    {
        [On]
        public int Value(int number) => number + 1;

        [On]
        public async Task<int> TaskAsync(int number)
        {
            await Task.Yield();
            return number + 1;
        }

        [On]
        public ValueTask<int> ValueTask(int number) => new(number + 1);

        [On("nothing")]
        public void Nothing()
        {
        }

        [On("no task")]
        public Task NoTask() => Task.CompletedTask;

        [On("no value task")]
        public ValueTask NoValueTask() => default;

        [On("ack")]
        public Task Answer(Ack ack) => ack.SendAsync(1, "two");

        [On("record")]
        public Person Record(Person person) => person;

        [On("null")]
        public string? Null() => null;

        [On("rest")]
        public int Rest(EventArguments arguments) => arguments.Count;

        [On("page")]
        public string Page(int number = 1, Size size = Size.Small, Guid after = default, int? limit = null) => $"{number} {size} {after} {limit?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}";

        public void NotAnEvent()
        {
        }
    }

    internal sealed record Item([RegularExpression("[A-Z]+")] string Code);

    [System.Text.Json.Serialization.JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
    [System.Text.Json.Serialization.JsonDerivedType(typeof(Card), "card")]
    internal abstract record Payment;

    internal sealed record Card([MaxLength(4)] string Number) : Payment;

    internal sealed record Order([Range(1, 9)] int Quantity, IReadOnlyList<Item?> Items, Order? Gift = null) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
            Quantity == 3 ? [new ValidationResult("Three are never enough.")] : [];
    }

    internal sealed class Rules : SocketNamespace
    {
        [On("say")]
        public string Say([Required] string room, [MaxLength(5)] string text) => room.Length + text.Length > 0 ? "called" : "";

        [On("prices")]
        public int Prices(Dictionary<string, Item> items) => items.Count;

        [On("pay")]
        public string Pay(Payment payment) => payment.ToString();

        [On("order")]
        public int Place(Order order) => order.Quantity;
    }

    private sealed class Scoped(Service service, Log log) : SocketNamespace, IAsyncDisposable
    {
        [On("number")]
        public string Number([FromServices] Service same) => $"{service.Number} {same.Number}";

        [On("fails")]
        public void Fail() => throw new InvalidOperationException(nameof(Fail));

        public ValueTask DisposeAsync()
        {
            log.Enqueue($"contract {service.Number}");
            return default;
        }
    }

    private sealed class Doors(Log log) : SocketNamespace
    {
        public override async Task OnConnectedAsync()
        {
            await Task.Yield();
            Socket.Data["name"] = "Alice";
            log.Enqueue($"{Socket.Data["name"]} came");
        }

        public override Task OnDisconnectedAsync(DisconnectReason reason)
        {
            log.Enqueue($"{Socket.Data["name"]} left: {reason}");
            return Task.CompletedTask;
        }

        [On("name")]
        public object? Name() => Socket.Data["name"];
    }

    internal sealed record Text([property: System.Text.Json.Serialization.JsonPropertyName("text")] string Value);

    private interface IClient
    {
        Task MessageAsync(Text message, int number, string? nothing);

        [Emits("user-joined")]
        Task Joined(string room);

        Task<int> Question(string text);
    }

    private sealed class Chat : SocketNamespace<IClient>
    {
        [On("join")]
        public async Task JoinAsync(string room)
        {
            await To(room).Joined(room);
            await Socket.JoinAsync(room);
        }

        [On("say")]
        public Task SayAsync(string room, string text) => Namespace.To(room).As<IClient>().MessageAsync(new Text(text), 7, null);

        [On("guess")]
        public async Task GuessAsync(Ack ack)
        {
            // Its own event waits for this one, but its answers do not.
            await ack.SendAsync(await Client.Question("6 x 7"));
        }

        [On]
        public Task<int> GuessMany() => Everybody.Question("who?");
    }

    private sealed class Echo : SocketNamespace
    {
        [On("echo")]
        public Task Back(string text) => Socket.EmitAsync("contract", text);
    }
}
