using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Who may join a namespace that is a class, and emit its events; and classes that cannot be one.</summary>
public class ContractAccessTests
{
    [Theory]
    [InlineData("polling", "", "unauthorized")]
    [InlineData("websocket", "", "unauthorized")]
    [InlineData("polling", "guest", "forbidden")]
    [InlineData("websocket", "guest", "forbidden")]
    public async Task Who_may_not_join_is_told_why(string transport, string role, string code)
    {
        await using var server = await StartAsync(role);
        await using var client = await RawClient.OpenAsync(server.Uri, transport, SocketServer.Path);

        await client.SendAsync("40/guarded,");

        Assert.Equal($"44/guarded,{{\"message\":\"{code}\",\"data\":{{\"code\":\"{code}\"}}}}", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("polling", "member")]
    [InlineData("websocket", "member")]
    [InlineData("polling", "moderator")]
    [InlineData("websocket", "moderator")]
    public async Task Events_have_rules_of_their_own(string transport, string role)
    {
        await using var server = await StartAsync(role);
        server.Logs.Expect("ban");
        await using var client = await RawClient.OpenAsync(server.Uri, transport, SocketServer.Path);
        await client.SendAsync("40/guarded,");
        Assert.StartsWith("40/guarded,{", await client.ReceiveAsync());

        await client.SendAsync("""42/guarded,1["say"]""", """42/guarded,2["ban","Bob"]""", """42/guarded,3["ban"]""", """42/guarded,4["say"]""");

        Assert.Equal("43/guarded,1[\"said\"]", await client.ReceiveAsync());

        if (role == "moderator")
        {
            Assert.Equal("43/guarded,2[\"Bob is banned\"]", await client.ReceiveAsync());
            Assert.Contains("invalid_argument", await client.ReceiveAsync());
        }
        else
        {
            const string Refusal = """[{"ok":false,"error":{"code":"forbidden","message":"You may not emit \"ban\"."}}]""";
            Assert.Equal("43/guarded,2" + Refusal, await client.ReceiveAsync());
            Assert.Equal("43/guarded,3" + Refusal, await client.ReceiveAsync());
        }

        Assert.Equal("43/guarded,4[\"said\"]", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("guest", "40/adults,{")]
    [InlineData("", "44/adults,{\"message\":\"unauthorized\"")]
    public async Task Attributes_that_are_requirements_are_asked_too(string role, string answer)
    {
        await using var server = await StartAsync(role);
        server.Logs.Expect("vote");
        await using var client = await RawClient.OpenAsync(server.Uri, "websocket", SocketServer.Path);

        await client.SendAsync("40/adults,");
        Assert.StartsWith(answer, await client.ReceiveAsync());

        if (role.Length > 0)
        {
            await client.SendAsync("""42/adults,1["vote"]""");
            Assert.Contains("forbidden", await client.ReceiveAsync());
        }
    }

    [Theory]
    [InlineData(typeof(HiddenMethod), "Hidden must be public, not static and not generic.")]
    [InlineData(typeof(StaticMethod), "Static must be public, not static and not generic.")]
    [InlineData(typeof(GenericMethod), "Generic must be public, not static and not generic.")]
    [InlineData(typeof(ReservedName), "Left handles \"disconnect\", which is reserved.")]
    [InlineData(typeof(EmptyName), "Nameless handles \"\", which is reserved.")]
    [InlineData(typeof(TwiceTheSame), "\"say\" has several methods.")]
    [InlineData(typeof(TwoAnswers), "Answer has an Ack and returns a value; it can answer once.")]
    [InlineData(typeof(ByReference), "Change has a parameter that cannot be received.")]
    [InlineData(typeof(SpanParameter), "Read has a parameter that cannot be received.")]
    [InlineData(typeof(AbstractOne), "must be a class that derives from SocketNamespace and can be made.")]
    [InlineData(typeof(BadClient), "Say must return Task or Task<T>.")]
    [InlineData(typeof(PropertyClient), "is not a plain method.")]
    [InlineData(typeof(ReservedClient), "would emit \"disconnect\", which is reserved.")]
    public void What_cannot_be_bound_is_named(Type type, string message)
    {
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => SocketContract.Describe(type)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Unserved), "Unserved asks for System.IFormatProvider, which no service is registered for.")]
    [InlineData(typeof(NoSuchPolicy), "The AuthorizationPolicy named: 'nobody made it' was not found.")]
    [InlineData(typeof(WithScheme), "asks for an authentication scheme.")]
    public async Task What_the_app_does_not_have_stops_the_start(Type type, string message)
    {
        var start = GetType().GetMethod(nameof(Start), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(type).CreateDelegate<Func<Task>>();

        Assert.Contains(message, (await Assert.ThrowsAnyAsync<Exception>(start)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_without_authorization_stop_the_start()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestServer.StartAsync(
            app => app.MapSocketIO(),
            services => services.AddSocketIO().AddNamespace<Guarded>()));

        Assert.Contains("builder.Services.AddAuthorization()", error.Message, StringComparison.Ordinal);
    }

    private static async Task Start<TContract>()
        where TContract : SocketNamespace
    {
        await using var server = await TestServer.StartAsync(
            app => app.MapSocketIO(),
            services => services.AddAuthorization().AddSocketIO().AddNamespace<TContract>());
    }

    private static Task<TestServer> StartAsync(string role) => TestServer.StartAsync(
        app =>
        {
            // In place of an authentication scheme.
            app.Use((context, next) =>
            {
                context.User = new ClaimsPrincipal(role.Length == 0 ? new ClaimsIdentity() : new ClaimsIdentity([new Claim("role", role)], "test", "name", "role"));
                return next(context);
            });
            app.MapSocketIO();
        },
        services => services
            .AddAuthorization(options => options.AddPolicy("members", policy => policy.RequireRole("member", "moderator")))
            .AddSocketIO()
            .AddNamespace<Guarded>("/guarded")
            .AddNamespace<Adults>("/adults"));

    /// <summary>Asks for a signed-in user, or one of an age, without the name of a policy.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
    private sealed class NeedsAttribute(string claim) : Attribute, IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() =>
            [new Microsoft.AspNetCore.Authorization.Infrastructure.ClaimsAuthorizationRequirement(claim, allowedValues: null)];
    }

    [Needs("role")]
    private sealed class Adults : SocketNamespace
    {
        [On]
        [Needs("age")]
        public void Vote() => Socket.Disconnect();
    }

    [Authorize("members")]
    private sealed class Guarded : SocketNamespace
    {
        [On]
        public string Say() => "said";

        [On]
        [Authorize(Roles = "moderator")]
        public string Ban(string name) => $"{name} is banned";
    }

    private sealed class HiddenMethod : SocketNamespace
    {
        [On]
        internal void Hidden() => Socket.Disconnect();
    }

    private sealed class StaticMethod : SocketNamespace
    {
        [On]
        public static void Static()
        {
        }
    }

    private sealed class GenericMethod : SocketNamespace
    {
        [On]
        public void Generic<T>(T value) => Socket.Data["value"] = value;
    }

    private sealed class ReservedName : SocketNamespace
    {
        [On("disconnect")]
        public void Left() => Socket.Disconnect();
    }

    private sealed class EmptyName : SocketNamespace
    {
        [On("")]
        public void Nameless() => Socket.Disconnect();
    }

    private sealed class TwiceTheSame : SocketNamespace
    {
        [On]
        public void Say() => Socket.Disconnect();

        [On("say")]
        public void Tell() => Socket.Disconnect();
    }

    private sealed class TwoAnswers : SocketNamespace
    {
        [On]
        public int Answer(Ack ack) => ack.IsRequested ? 1 : 0;
    }

    private sealed class ByReference : SocketNamespace
    {
        [On]
        public void Change(ref int number) => number++;
    }

    private sealed class SpanParameter : SocketNamespace
    {
        [On]
        public int Read(ReadOnlySpan<byte> data) => data.Length;
    }

    private abstract class AbstractOne : SocketNamespace;

    private interface IBad
    {
        void Say();
    }

    private interface IWithProperty
    {
        string Name { get; }
    }

    private interface IReserved
    {
        Task Disconnect();
    }

    private sealed class BadClient : SocketNamespace<IBad>;

    private sealed class PropertyClient : SocketNamespace<IWithProperty>;

    private sealed class ReservedClient : SocketNamespace<IReserved>;

    private sealed class Unserved(IFormatProvider format) : SocketNamespace
    {
        [On]
        public string? Say() => format.ToString();
    }

    [Authorize("nobody made it")]
    private sealed class NoSuchPolicy : SocketNamespace;

    [Authorize(AuthenticationSchemes = "Bearer")]
    private sealed class WithScheme : SocketNamespace;
}
