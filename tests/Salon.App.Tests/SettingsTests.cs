using Microsoft.Extensions.Configuration;
using Npgsql;
using Salon.App.Hosting;

namespace Salon.App.Tests;

/// <summary>A wrong setting stops the start with one line that names it.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "-1")]
    [InlineData("PORT", "65536")]
    [InlineData("PORT", "3000.5")]
    [InlineData("HOST", "not a host")]
    [InlineData("HOST", "http://localhost")]
    [InlineData("NODE_ID", "node 1")]
    [InlineData("REDIS_URL", "localhost:6379")]
    [InlineData("REDIS_URL", "http://localhost:6379")]
    [InlineData("REDIS_URL", "redis://localhost:99999")]
    [InlineData("REDIS_URL", "redis://localhost/first")]
    [InlineData("REDIS_URL", "redis://localhost?db=1")]
    [InlineData("REDIS_HOST", "not a host")]
    [InlineData("REDIS_PORT", "6379")]
    [InlineData("REDIS_PASSWORD", "secret")]
    [InlineData("DATABASE_URL", "localhost")]
    [InlineData("DATABASE_URL", "mysql://salon:secret@localhost/salon")]
    [InlineData("DATABASE_URL", "postgres://localhost")]
    [InlineData("DATABASE_URL", "postgres://localhost/salon")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@/salon")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost:port/salon")]
    [InlineData("DATABASE_URL", "postgres://salon:se/cret@localhost/salon")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon#1")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon?sslmode=yes")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon?sslrootcert=/no/such/file")]
    [InlineData("DATABASE_URL", "postgres://salon:secret@localhost/salon?host=elsewhere")]
    [InlineData("ADMIN_PASSWORD", "short")]
    [InlineData("ALLOWED_HOSTS", "chat.example:443")]
    [InlineData("ALLOWED_HOSTS", "https://chat.example")]
    [InlineData("ALLOWED_HOSTS", "chat.example, a.*.example")]
    [InlineData("ALLOWED_HOSTS", ",")]
    public void A_wrong_value_is_named_in_one_line(string name, string value)
    {
        var exception = Assert.Throws<SettingsException>(() => Read((name, value)));

        Assert.Contains(name, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.DoesNotContain("secret", exception.Message);
    }

    [Fact]
    public void Without_settings_the_app_listens_on_localhost_3000_and_writes_to_data()
    {
        var settings = Read();

        Assert.Equal("http://localhost:3000", settings.Url);
        Assert.Equal(Path.GetFullPath("data"), settings.DataDirectory);
        Assert.StartsWith(Environment.MachineName, settings.NodeId);
        Assert.Null(settings.Postgres);
        Assert.Null(settings.Redis);
        Assert.Null(settings.Admin);
    }

    [Fact]
    public void Processes_of_one_machine_have_a_name_each_unless_they_are_given_one()
    {
        Assert.NotEqual(Read().NodeId, Read().NodeId);
        Assert.Equal("node-1", Read(("NODE_ID", "node-1")).NodeId);
    }

    [Theory]
    [InlineData("0.0.0.0", "http://0.0.0.0:80")]
    [InlineData("::1", "http://[::1]:80")]
    [InlineData("salon.example", "http://salon.example:80")]
    public void An_address_is_taken_as_it_is(string host, string url) => Assert.Equal(url, Read(("HOST", host), ("PORT", "80")).Url);

    [Theory]
    [InlineData("postgres://salon@db/chat", "db", 5432, "chat", "salon", null, SslMode.Prefer)]
    [InlineData("postgresql://salon:secret@db.example:5433/chat?sslmode=require", "db.example", 5433, "chat", "salon", "secret", SslMode.Require)]
    [InlineData("postgres://sal%40on:s%3Ae%2Fc%25@[::1]/my%20chat?sslmode=verify-full", "::1", 5432, "my chat", "sal@on", "s:e/c%", SslMode.VerifyFull)]
    public void The_address_of_a_PostgreSQL_is_taken_apart(
        string url, string host, int port, string database, string username, string? password, SslMode sslMode)
    {
        var settings = Read(("DATABASE_URL", url)).Postgres!;

        Assert.Equal(new PostgresSettings(host, port, database, username, password, sslMode, null), settings);
    }

    [Fact]
    public void The_parts_of_the_address_of_Redis_are_put_together()
    {
        Assert.Equal("cache:6379", Read(("REDIS_HOST", "cache")).Redis!.ToString());
        Assert.Equal("::1", Read(("REDIS_HOST", "::1")).Redis!.Options.EndPoints.Single().Host);
        Assert.Equal("::1", Read(("REDIS_HOST", "[::1]")).Redis!.Options.EndPoints.Single().Host);
        var parts = Read(("REDIS_HOST", "cache"), ("REDIS_PORT", "7000"), ("REDIS_PASSWORD", "p@ss/ 50%")).Redis!;
        Assert.Equal(("cache:7000", "p@ss/ 50%"), (parts.ToString(), parts.Options.Password));
        var url = Read(("REDIS_URL", "rediss://user:secret@cache/1"), ("REDIS_PREFIX", "blue")).Redis!;
        Assert.Equal(("cache:6379", "user", "secret", 1, true, "blue:chat:messages"), (url.ToString(), url.Options.User, url.Options.Password, url.Options.Database, url.Options.UseTls, url.NameOf("chat:messages")));
        var sentinels = Read(("REDIS_URL", "redis+sentinel://:secret@one:26379,two/main"), ("REDIS_SENTINEL_PASSWORD", "their secret")).Redis!.Options;
        Assert.Equal(("main", "secret", "their secret", 2), (sentinels.SentinelMaster, sentinels.Password, sentinels.SentinelPassword, sentinels.EndPoints.Count));
    }

    [Theory]
    [InlineData("REDIS_HOST", "cache")]
    [InlineData("REDIS_PORT", "6379")]
    [InlineData("REDIS_PASSWORD", "secret")]
    public void Two_ways_to_say_where_Redis_is_are_one_too_many(string name, string value)
    {
        var exception = Assert.Throws<SettingsException>(() => Read(("REDIS_URL", "redis://:secret@cache"), (name, value)));

        Assert.Contains("REDIS_URL", exception.Message);
        Assert.Contains(name, exception.Message);
        Assert.DoesNotContain("secret", exception.Message);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("redis://cache:6379\n")]
    [InlineData(" redis://:secret@cache")]
    [InlineData("redis://:sec ret@cache")]
    [InlineData("redis://:secret@cache:6379\r\n")]
    [InlineData("redis://:secret@ca\u0000che")]
    [InlineData("redis://user@cache")]
    [InlineData("redis://user:@cache")]
    [InlineData("redis://@")]
    [InlineData("redis://:secret@")]
    [InlineData("redis://-x")]
    [InlineData("-x")]
    [InlineData("redis:")]
    [InlineData("redis:/")]
    [InlineData("redis://")]
    [InlineData("redis:///1")]
    [InlineData("://cache")]
    [InlineData("cache")]
    [InlineData("//cache:6379")]
    [InlineData("rediz://:secret@cache")]
    [InlineData("unix:///run/redis.sock")]
    [InlineData("redis://cache:")]
    [InlineData("redis://cache:0")]
    [InlineData("redis://cache:-1")]
    [InlineData("redis://cache:65536")]
    [InlineData("redis://cache:6379:6380")]
    [InlineData("redis://cache:1e3")]
    [InlineData("redis://cache/-1")]
    [InlineData("redis://cache/1.5")]
    [InlineData("redis://cache/99999999999999999999")]
    [InlineData("redis://cache/2147483647")]
    [InlineData("redis://cache/0/0")]
    [InlineData("redis://cache/1")]
    [InlineData("redis://:secret%@cache")]
    [InlineData("redis://:secret%zz@cache")]
    [InlineData("redis://:secret%ff@cache")]
    [InlineData("redis://:secret%00@cache")]
    [InlineData("redis://:sec/ret@cache")]
    [InlineData("redis://:secret@cache?db=1")]
    [InlineData("redis://:secret@cache#1")]
    [InlineData("redis://[::1")]
    [InlineData("redis://::1")]
    [InlineData("redis://[::1]x")]
    [InlineData("redis://[cache]")]
    [InlineData("redis://[]")]
    [InlineData("redis://a,,b")]
    [InlineData("redis+cluster://cache/1")]
    [InlineData("redis+sentinel://:secret@cache")]
    [InlineData("redis+sentinel://:secret@cache/")]
    public void An_address_of_Redis_that_is_none_is_one_line_without_the_password(string url)
    {
        var exception = Assert.Throws<SettingsException>(() => Read(("REDIS_URL", url)));

        Assert.StartsWith("REDIS_URL ", exception.Message);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.DoesNotContain("sec", exception.Message.Replace("second", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("REDIS_HOST", "cache\n")]
    [InlineData("REDIS_HOST", " ")]
    [InlineData("REDIS_HOST", "-x")]
    [InlineData("REDIS_HOST", "user@cache")]
    [InlineData("REDIS_HOST", "cache:6379")]
    [InlineData("REDIS_HOST", "cache/1")]
    [InlineData("REDIS_HOST", "a,b")]
    [InlineData("REDIS_HOST", "redis://cache")]
    [InlineData("REDIS_HOST", "[::1")]
    [InlineData("REDIS_PREFIX", "blue\n")]
    [InlineData("REDIS_PREFIX", "blue*")]
    [InlineData("REDIS_PREFIX", "a:b")]
    [InlineData("REDIS_SENTINEL_PASSWORD", "secret")]
    public void A_part_of_the_address_of_Redis_that_is_none_is_named(string name, string value)
    {
        (string, string)[] settings = name == "REDIS_HOST" ? [(name, value)] : [("REDIS_URL", "redis://cache"), (name, value)];
        var exception = Assert.Throws<SettingsException>(() => Read(settings));

        Assert.StartsWith(name, exception.Message);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.DoesNotContain("secret", exception.Message);
    }

    [Theory]
    [InlineData("redis://cache", "cache", 6379)]
    [InlineData("REDIS://cache:1/", "cache", 1)]
    [InlineData("redis://@cache/0", "cache", 6379)]
    [InlineData("redis://[::1]:7000", "::1", 7000)]
    [InlineData("redis://[fe80::1]", "fe80::1", 6379)]
    [InlineData("redis://my_cache.internal", "my_cache.internal", 6379)]
    [InlineData("redis://:p%25%40ss@10.0.0.1:65535", "10.0.0.1", 65535)]
    public void An_address_of_Redis_is_taken_apart(string url, string host, int port)
    {
        var server = Read(("REDIS_URL", url)).Redis!.Options.EndPoints.Single();

        Assert.Equal((host, port), (server.Host, server.Port));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("tcp://10.0.0.1:6379")]
    public void A_port_of_Redis_that_is_none_is_named(string port) =>
        Assert.Contains("REDIS_PORT", Assert.Throws<SettingsException>(() => Read(("REDIS_HOST", "cache"), ("REDIS_PORT", port))).Message);

    [Fact]
    public void No_password_comes_into_a_log_with_the_settings()
    {
        var settings = Read(
            ("DATABASE_URL", "postgres://salon:secret@db/chat"), ("REDIS_URL", "redis://:secret@cache"), ("ADMIN_PASSWORD", "very secret"),
            ("STATUS_TOKEN", "a-secret-of-monitors"));

        Assert.DoesNotContain("secret", $"{settings}");
    }

    [Fact]
    public void A_directory_that_is_a_file_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "file");
        File.WriteAllText(file, "");

        var exception = Assert.Throws<SettingsException>(() => StartUp.Build(["--PORT", "0", "--HOST", "127.0.0.1", "--DATA_DIR", file]));

        Assert.Contains("DATA_DIR", exception.Message);
    }

    [Fact]
    public async Task A_directory_serves_one_process()
    {
        using var storage = new TestStorage();
        await using var server = await AppServer.StartAsync(storage);

        var exception = Assert.Throws<SettingsException>(() => StartUp.Build(["--PORT", "0", "--HOST", "127.0.0.1", "--DATA_DIR", storage.Directory]));

        Assert.Contains("DATA_DIR", exception.Message);
        Assert.Contains("another Salon", exception.Message);
    }

    private static AppSettings Read(params (string Name, string Value)[] environment) => AppSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(environment.Select(static pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)))
        .Build());
}
