using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salon.EngineIO;
using Salon.SocketIO.Adapters;
using Salon.SocketIO.Clustering;
using Salon.SocketIO.Protocol;

namespace Salon.SocketIO.Tests;

/// <summary>What a server is made of comes from the app's services: there is one of each, and what does not go together is said at the start.</summary>
[Trait("Stage", "fast")]
public sealed class SeamTests
{
    [Fact]
    public async Task A_server_has_one_adapter_and_two_are_an_error_that_names_both_whichever_came_first()
    {
        foreach (var isReversed in new[] { false, true })
        {
            var services = Create();
            services.AddSocketIO();
            IAdapterFactory[] factories = [new First(), new Second()];

            foreach (var factory in isReversed ? factories.Reverse() : factories)
            {
                services.AddSingleton(factory);
            }

            await using var provider = services.BuildServiceProvider();
            var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<SocketIOServer>());

            Assert.Contains("one IAdapterFactory, but 2 are registered", error.Message, StringComparison.Ordinal);
            Assert.Contains(typeof(First).FullName!, error.Message, StringComparison.Ordinal);
            Assert.Contains(typeof(Second).FullName!, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public async Task A_server_has_one_parser_and_two_are_an_error_that_names_both()
    {
        var services = Create();
        services.AddSocketIO().AddParser(new FirstParser()).AddParser(new SecondParser());
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<SocketIOServer>());

        Assert.Contains(nameof(FirstParser), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SecondParser), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_namespace_has_an_adapter_of_its_own_with_all_that_is_put_around_it_the_first_innermost()
    {
        var made = new List<string>();
        var services = Create();
        services.AddAdapters(owner =>
        {
            made.Add($"adapter {owner.Name}");
            return new LocalAdapter(owner);
        });
        services.DecorateAdapters(Note("first")).DecorateAdapters(Note("second"));
        services.AddSocketIO();
        await using var provider = services.BuildServiceProvider();

        var io = provider.GetRequiredService<SocketIOServer>();
        io.Of("/other");
        io.Of("/other");

        Assert.Equal(["adapter /", "first", "second", "adapter /other", "first", "second"], made);

        Func<IAdapter, IAdapter> Note(string name) => inner =>
        {
            made.Add(name);
            return inner;
        };
    }

    [Fact]
    public async Task Recovery_does_not_go_together_with_an_adapter_that_delivers_by_itself_which_is_said_at_the_start()
    {
        var services = Create();
        services.AddSocketIO(static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        services.AddAdapters(static owner => Other.Around(new LocalAdapter(owner)));
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<SocketIOServer>());

        Assert.Contains(nameof(SocketIOOptions.ConnectionStateRecovery), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ClusterAdapter), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recovery_works_whatever_is_put_around_the_adapter(bool isCluster)
    {
        var services = Create();
        services.AddSocketIO(static options => options.ConnectionStateRecovery = new ConnectionStateRecovery());
        services.DecorateAdapters(static inner => Other.Around(inner));

        if (isCluster)
        {
            services.AddAdapters(static owner => new Alone(owner));
        }

        await using var provider = services.BuildServiceProvider();
        var io = provider.GetRequiredService<SocketIOServer>();

        Assert.NotNull(io.Sockets.Recovery);
        Assert.NotNull(io.Of("/other").Recovery);
    }

    [Fact]
    public async Task What_is_changed_in_the_options_once_the_server_is_made_changes_nothing()
    {
        var services = Create();
        services.AddSocketIO(static options => options.MaxHttpBufferSize = 12_345);
        await using var provider = services.BuildServiceProvider();
        var io = provider.GetRequiredService<SocketIOServer>();
        var options = provider.GetRequiredService<IOptions<SocketIOOptions>>().Value;

        (options.MaxHttpBufferSize, options.MaxConnections, options.Transports) = (1, 0, EngineTransport.None);
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = provider };
        context.Request.Method = "GET";
        context.Request.QueryString = new QueryString("?EIO=4&transport=polling");
        context.Response.Body = body;
        await io.Engine.HandleAsync(context);

        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
        Assert.Contains("\"maxPayload\":12345", Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }

    private static IServiceCollection Create() => new ServiceCollection().AddLogging().AddMetrics();

    private sealed class First : IAdapterFactory
    {
        public IAdapter Create(Namespace owner) => new LocalAdapter(owner);
    }

    private sealed class Second : IAdapterFactory
    {
        public IAdapter Create(Namespace owner) => new LocalAdapter(owner);
    }

    private sealed class FirstParser : NoParser;

    private sealed class SecondParser : NoParser;

    private class NoParser : IPacketParser
    {
        public IPacketDecoder CreateDecoder(PacketLimits limits) => new PacketDecoder(limits);

        public void Encode(in PacketHeader header, ReadOnlySpan<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, IBufferWriter<byte> output)
        {
        }
    }

    /// <summary>Something else than the adapter within.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
    private class Other : System.Reflection.DispatchProxy
#pragma warning restore CA1852
    {
        private IAdapter _inner = null!;

        public static IAdapter Around(IAdapter inner)
        {
            var other = Create<IAdapter, Other>();
            ((Other)(object)other)._inner = inner;
            return other;
        }

        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args) => targetMethod!.Invoke(_inner, args);
    }

    private sealed class Alone(Namespace owner) : ClusterAdapter(owner, new FixedMembers())
    {
        protected override void Publish(ClusterMessage message)
        {
        }

        protected override void PublishResponse(string requester, ClusterMessage response)
        {
        }

        protected override Task<int> CountServersAsync() => Task.FromResult(1);
    }
}
