using System.Net;

namespace Salon.Redis.Tests.Fast;

/// <summary>URLs, and what is wrong with them.</summary>
[Trait("Stage", "fast")]
public class RedisOptionsTests
{
    [Theory]
    [InlineData("redis://localhost", "localhost:6379", null, null, 0, false)]
    [InlineData("redis://localhost/", "localhost:6379", null, null, 0, false)]
    [InlineData("REDIS://redis.example.com:7000/3", "redis.example.com:7000", null, null, 3, false)]
    [InlineData("redis://:secret@10.0.0.1", "10.0.0.1:6379", null, "secret", 0, false)]
    [InlineData("redis://ada:s%40c%2Fr%3At@10.0.0.1:1/15", "10.0.0.1:1", "ada", "s@c/r:t", 15, false)]
    [InlineData("redis://ada:a:b@host", "host:6379", "ada", "a:b", 0, false)]
    [InlineData("rediss://[::1]:6380", "::1:6380", null, null, 0, true)]
    [InlineData("redis://a,b:7001", "a:6379,b:7001", null, null, 0, false)]
    public void A_url_is_read(string url, string endPoints, string? user, string? password, int database, bool useTls)
    {
        var options = RedisOptions.Parse(url);

        Assert.Equal(endPoints, options.ToString());
        Assert.Equal((user, password, database, useTls), (options.User, options.Password, options.Database, options.UseTls));
    }

    [Fact]
    public void A_cluster_and_sentinels_are_read()
    {
        var cluster = RedisOptions.Parse("redis+cluster://:pw@a:1,b:2");
        var sentinel = RedisOptions.Parse("redis+sentinel://ada:pw@a,b:2/main/5");
        var secure = RedisOptions.Parse("rediss+sentinel://a/main");

        Assert.True(cluster.IsCluster);
        Assert.Equal("a:1,b:2", cluster.ToString());
        Assert.Equal(("main", 5, "ada", "pw", "a:26379,b:2"), (sentinel.SentinelMaster, sentinel.Database, sentinel.User, sentinel.Password, sentinel.ToString()));
        Assert.True(secure.UseTls);
    }

    [Theory]
    [InlineData("localhost:6379", "scheme")]
    [InlineData("http://:secret@localhost", "scheme")]
    [InlineData("redis://:secret@", "host")]
    [InlineData("redis://", "host")]
    [InlineData("redis://user:secret", "port")]
    [InlineData("redis://localhost:0", "port")]
    [InlineData("redis://localhost:65536", "port")]
    [InlineData("redis://[::1", "host")]
    [InlineData("redis://secret@localhost", "colon")]
    [InlineData("redis://:secret/x@localhost", "host")]
    [InlineData("redis://u:x/secret@localhost", "port")]
    [InlineData("redis://localhost/secret", "database")]
    [InlineData("redis://localhost/-1", "database")]
    [InlineData("redis://localhost?secret", "query")]
    [InlineData("redis+cluster://localhost/1", "cluster")]
    [InlineData("redis+sentinel://:secret@localhost", "master")]
    public void A_wrong_url_is_refused_with_a_reason_and_without_its_secrets(string url, string reason)
    {
        var exception = Assert.Throws<FormatException>(() => RedisOptions.Parse(url));

        Assert.Contains(reason, exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Options_never_show_the_password() =>
        Assert.DoesNotContain("secret", (RedisOptions.Parse("redis://ada:secret@host") with { SentinelPassword = "secret" }).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Everything_that_is_wrong_with_options_is_said_at_once()
    {
        var options = new RedisOptions { EndPoints = [], CommandTimeout = TimeSpan.Zero, MaxQueuedBytes = 0, Database = -1 };

        var exception = Assert.Throws<ArgumentException>(() => new RedisClient(options));

        Assert.All([nameof(options.EndPoints), nameof(options.CommandTimeout), nameof(options.MaxQueuedBytes), nameof(options.Database)], name =>
            Assert.Contains(name, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_may_be_given_without_a_url() =>
        Assert.Equal("a:1", new RedisOptions { EndPoints = [new DnsEndPoint("a", 1)] }.ToString());
}
