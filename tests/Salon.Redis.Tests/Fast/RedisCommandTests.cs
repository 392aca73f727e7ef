using System.Text;
using Salon.Redis.Routing;

namespace Salon.Redis.Tests.Fast;

/// <summary>Commands before they are sent.</summary>
[Trait("Stage", "fast")]
public class RedisCommandTests
{
    [Fact]
    public void Arguments_are_written_as_they_are_meant()
    {
        var command = RedisCommand.Create("set", "ключ", new byte[] { 0, 13, 10 }, 5, -7L, 1.5, double.PositiveInfinity, "", ReadOnlyMemory<byte>.Empty);

        Assert.Equal("SET", command.Name);
        Assert.Equal(
            "*9\r\n$3\r\nSET\r\n$8\r\nключ\r\n$3\r\n\0\r\n\r\n$1\r\n5\r\n$2\r\n-7\r\n$3\r\n1.5\r\n$3\r\ninf\r\n$0\r\n\r\n$0\r\n\r\n",
            Encoding.UTF8.GetString(command.Frame));
    }

    [Fact]
    public void Many_arguments_are_written_too()
    {
        RedisArgument[] arguments = [.. Enumerable.Range(0, 1000).Select(static number => (RedisArgument)number)];

        var frame = Encoding.UTF8.GetString(RedisCommand.Create("RPUSH", arguments).Frame);

        Assert.StartsWith("*1001\r\n$5\r\nRPUSH\r\n$1\r\n0\r\n", frame, StringComparison.Ordinal);
        Assert.EndsWith("$3\r\n999\r\n", frame, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET k", "k")]
    [InlineData("DEL k other", "k")]
    [InlineData("PUBLISH k payload", "k")]
    [InlineData("EVAL script 1 k arg", "k")]
    [InlineData("EVALSHA hash 0 arg", null)]
    [InlineData("FCALL f 2 k k2", "k")]
    [InlineData("XREAD COUNT 1 STREAMS k 0", "k")]
    [InlineData("XREADGROUP GROUP g c BLOCK 5 STREAMS k >", "k")]
    [InlineData("XREAD COUNT 1", null)]
    [InlineData("XGROUP CREATE k g $", "k")]
    [InlineData("OBJECT ENCODING k", "k")]
    [InlineData("MEMORY DOCTOR", null)]
    [InlineData("BITOP AND k a b", "k")]
    [InlineData("BLMPOP 1 2 k b LEFT", "k")]
    [InlineData("ZUNION 2 k b", "k")]
    [InlineData("PING", null)]
    [InlineData("CONFIG GET k", null)]
    [InlineData("SOMETHINGNEW k", "k")]
    public void The_key_is_found(string words, string? key)
    {
        var command = Parse(words);

        Assert.Equal(key is not null, command.HasKey);
        Assert.Equal(key ?? "", Encoding.UTF8.GetString(command.Key));
    }

    [Theory]
    [InlineData("BLPOP k 0", true)]
    [InlineData("blpop k 0", true)]
    [InlineData("XREAD BLOCK 0 STREAMS k $", true)]
    [InlineData("XREAD block 0 STREAMS k $", true)]
    [InlineData("XREAD STREAMS k 0", false)]
    [InlineData("GET k", false)]
    public void Commands_that_wait_are_known(string words, bool isBlocking) => Assert.Equal(isBlocking, Parse(words).IsBlocking);

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("MULTI")]
    [InlineData("SUBSCRIBE a")]
    [InlineData("client reply off")]
    [InlineData("RESET")]
    public async Task Commands_that_would_change_the_connection_are_refused(string words)
    {
        await using var client = new RedisClient(new RedisOptions());

        await Assert.ThrowsAsync<ArgumentException>(async () => await client.ExecuteAsync(Parse(words)));
        await Assert.ThrowsAsync<ArgumentException>(() => client.TransactAsync([Parse(words)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("CONFIG GET")]
    [InlineData("GET\r\n")]
    public void A_name_is_one_word(string name) => Assert.Throws<ArgumentException>(() => RedisCommand.Create(name));

    [Fact]
    public void What_is_nothing_is_no_argument()
    {
        Assert.Throws<ArgumentNullException>(() => RedisCommand.Create("GET", (string)null!));
        Assert.Throws<ArgumentException>(() => RedisCommand.Create("ZADD", "k", double.NaN, "m"));
    }

    [Theory]
    [InlineData("123456789", 12739)]
    [InlineData("foo", 12182)]
    [InlineData("", 0)]
    [InlineData("{user1000}.following", 3443)]
    [InlineData("user1000", 3443)]
    [InlineData("foo{}{bar}", 8363)]
    [InlineData("foo{{bar}}zap", 4015)]
    [InlineData("foo{bar}{zap}", 5061)]
    public void Keys_have_the_slots_that_the_specification_says(string key, int slot) => Assert.Equal(slot, KeySlot.Of(Encoding.UTF8.GetBytes(key)));

    private static RedisCommand Parse(string words)
    {
        var parts = words.Split(' ');
        return RedisCommand.Create(parts[0], [.. parts[1..].Select(static part => (RedisArgument)part)]);
    }
}
