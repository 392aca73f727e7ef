using System.IO.Pipelines;
using System.Text;
using Salon.Redis.Connections;
using Salon.Redis.Protocol;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>Replies as they come through a connection: in pieces of any size, too long, and not to their end. No network.</summary>
[Trait("Stage", "fast")]
public sealed class ReplyStreamTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly ReplyStream _replies;

    public ReplyStreamTests() => _replies = new ReplyStream(_pipe.Reader.AsStream(), new RespLimits(1_000_000));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Replies_are_the_same_in_whatever_pieces_they_come(int size)
    {
        var large = new string('x', 70_000);
        var sent = Encoding.UTF8.GetBytes($"+OK\r\n:42\r\n${large.Length}\r\n{large}\r\n*2\r\n$1\r\na\r\n_\r\n-ERR no\r\n");
        var writing = Task.Run(async () =>
        {
            foreach (var piece in sent.Chunk(size))
            {
                await _pipe.Writer.WriteAsync(piece);
            }
        });

        Assert.Equal("OK", (await ReadAsync()).Text);
        Assert.Equal(42, (await ReadAsync()).Number);
        Assert.Equal(large, (await ReadAsync()).Text);
        Assert.Equal(["a", null], (await ReadAsync()).Items.Select(static item => item.Text));
        Assert.Equal((RedisReplyKind.Error, "ERR no"), ((await ReadAsync()) is var error ? (error.Kind, error.Text) : default));
        await writing.Soon();
        Assert.Equal(ReadStatus.NeedsMore, _replies.TryRead(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("+OK")]
    [InlineData("$5\r\nhel")]
    [InlineData("*2\r\n:1\r\n")]
    public async Task A_connection_that_ends_in_the_middle_is_lost(string sent)
    {
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(sent));
        await _pipe.Writer.CompleteAsync();

        await Assert.ThrowsAnyAsync<IOException>(ReadAsync);
    }

    [Theory]
    [InlineData(30_000, true)]
    [InlineData(40_000, false)]
    [InlineData(200_000, false)]
    public async Task A_line_has_so_many_bytes_and_a_longer_one_is_refused_and_not_waited_for(int length, bool isTaken)
    {
        // With something before it, so that it does not begin where the buffer does.
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes($"+first\r\n-{new string('e', length)}"));
        Assert.Equal("first", (await ReadAsync()).Text);

        var reading = ReadAsync();
        await _pipe.Writer.WriteAsync("\r\n"u8.ToArray());

        if (isTaken)
        {
            Assert.Equal(length, (await reading.Soon()).Text!.Length);
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => reading.Soon());
            Assert.NotNull(_replies.Error);
        }
    }

    [Theory]
    [InlineData("$1000001\r\n")]
    [InlineData("*16777217\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("?what\r\n")]
    [InlineData("\r\n")]
    public async Task What_is_too_much_or_none_of_what_Redis_says_is_refused_before_it_has_come(string sent)
    {
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(sent));

        await Assert.ThrowsAnyAsync<IOException>(ReadAsync);
    }

    private Task<RedisReply> ReadAsync() => _replies.ReadAsync(default).Soon();
}
