using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Salon.SocketIO.Redis.Tests.Fast;

/// <summary>Options are data: they come from the code and from the configuration, and what is wrong with them stops the start and names each.</summary>
[Trait("Stage", "fast")]
public sealed class OptionsTests
{
    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_and_by_name()
    {
        var services = Create();
        services.AddSocketIO()
            .AddRedis("redis://localhost", static options =>
            {
                (options.Kind, options.SubscriptionMode) = ((RedisAdapterKind)9, (RedisSubscriptionMode)9);
                (options.KeyPrefix, options.StreamName, options.SessionKeyPrefix) = ("", "", "");
                (options.StreamCount, options.StreamMaxLength, options.StreamReadCount) = (0, 0, 0);
                (options.MemberTimeout, options.MaxForwardedRequests, options.MaxForwardedBytes, options.Redis) = (TimeSpan.Zero, 0, 0, null!);
            })
            .AddFlaskSocketIOBus("redis://localhost", configure: static options =>
                (options.MaxMessageBytes, options.CallbackTimeout, options.Cluster, options.Redis) = (1023, TimeSpan.Zero, "", null!));
        await using var provider = services.BuildServiceProvider();

        Check<RedisAdapterOptions>(
            nameof(RedisAdapterOptions.Kind),
            nameof(RedisAdapterOptions.SubscriptionMode),
            nameof(RedisAdapterOptions.KeyPrefix),
            nameof(RedisAdapterOptions.StreamName),
            nameof(RedisAdapterOptions.SessionKeyPrefix),
            nameof(RedisAdapterOptions.StreamCount),
            nameof(RedisAdapterOptions.StreamMaxLength),
            nameof(RedisAdapterOptions.StreamReadCount),
            nameof(RedisAdapterOptions.MemberTimeout),
            nameof(RedisAdapterOptions.MaxForwardedRequests),
            nameof(RedisAdapterOptions.MaxForwardedBytes),
            nameof(RedisAdapterOptions.Redis));
        Check<FlaskBusOptions>(
            nameof(FlaskBusOptions.MaxMessageBytes),
            nameof(FlaskBusOptions.CallbackTimeout),
            nameof(FlaskBusOptions.Cluster),
            nameof(FlaskBusOptions.Redis));
        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<SocketIOServer>);

        void Check<T>(params string[] names)
            where T : class
        {
            var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<T>>().Value);
            Assert.Equal(names.Order(StringComparer.Ordinal), error.Failures.Select(static failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("00:00:00.4000000", 1, true)]
    [InlineData("00:00:00.3999999", 1, false)]
    [InlineData("01:00:00", 24 * 1024 * 1024, true)]
    [InlineData("01:00:00.0000001", 1, false)]
    [InlineData("00:00:03", (24 * 1024 * 1024) + 1, false)]
    public void Ranges_end_where_they_say(string memberTimeout, int forwardedBytes, bool isValid)
    {
        var options = new RedisAdapterOptions
        {
            MemberTimeout = TimeSpan.Parse(memberTimeout, System.Globalization.CultureInfo.InvariantCulture),
            MaxForwardedBytes = forwardedBytes,
        };

        Assert.Equal(isValid, new RedisAdapterOptionsValidator().Validate(name: null, options).Succeeded);
    }

    [Fact]
    public async Task What_the_configuration_says_is_changed_by_the_code_that_comes_after_it()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["SocketIO:PingInterval"] = "00:00:07",
            ["SocketIO:MaxAttachments"] = "3",
            ["Redis:Kind"] = "Streams",
            ["Redis:KeyPrefix"] = "configured",
            ["Redis:StreamMaxLength"] = "77",
            ["Flask:ReadPickle"] = "true",
            ["Flask:Cluster"] = "configured",
        }).Build();
        var services = Create();
        services.Configure<SocketIOOptions>(configuration.GetSection("SocketIO"));
        services.Configure<RedisAdapterOptions>(configuration.GetSection("Redis"));
        services.Configure<FlaskBusOptions>(configuration.GetSection("Flask"));
        services.AddSocketIO(static options => options.MaxAttachments = 4)
            .AddRedis("redis://configured.example", static options => options.KeyPrefix = "coded")
            .AddFlaskSocketIOBus("redis://configured.example", configure: static options => options.Cluster = "coded");
        await using var provider = services.BuildServiceProvider();

        var server = provider.GetRequiredService<IOptions<SocketIOOptions>>().Value;
        var redis = provider.GetRequiredService<IOptions<RedisAdapterOptions>>().Value;
        var flask = provider.GetRequiredService<IOptions<FlaskBusOptions>>().Value;

        Assert.Equal((TimeSpan.FromSeconds(7), 4), (server.PingInterval, server.MaxAttachments));
        Assert.Equal((RedisAdapterKind.Streams, "coded", 77), (redis.Kind, redis.KeyPrefix, redis.StreamMaxLength));
        Assert.Equal((true, "coded"), (flask.ReadPickle, flask.Cluster));
        Assert.Equal("configured.example", redis.Redis.EndPoints[0].Host);
    }

    private static IServiceCollection Create() => new ServiceCollection().AddLogging().AddMetrics();
}
