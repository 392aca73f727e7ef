using System.Text;
using Salon.Redis.Protocol;

namespace Salon.Redis.Tests.Fast;

/// <summary>Replies as the protocol has them, in any pieces.</summary>
[Trait("Stage", "fast")]
public class RespReaderTests
{
    private static readonly RespLimits Limits = new(1024 * 1024);

    public static TheoryData<string, string> Replies => new()
    {
        { "+OK\r\n", "OK" },
        { "+anything else\r\n", "anything else" },
        { "-ERR that went wrong\r\n", "!ERR that went wrong" },
        { ":0\r\n", "0" },
        { ":-9223372036854775808\r\n", "-9223372036854775808" },
        { ":+7\r\n", "7" },
        { "$5\r\nhello\r\n", "\"hello\"" },
        { "$0\r\n\r\n", "\"\"" },
        { "$4\r\n\r\n\r\n\r\n", "\"\r\n\r\n\"" },
        { "$-1\r\n", "nothing" },
        { "*-1\r\n", "nothing" },
        { "_\r\n", "nothing" },
        { "*0\r\n", "[]" },
        { "*3\r\n:1\r\n$1\r\na\r\n*2\r\n+x\r\n_\r\n", "[1 \"a\" [x nothing]]" },
        { "~2\r\n:1\r\n:2\r\n", "[1 2]" },
        { "%2\r\n+a\r\n:1\r\n+b\r\n*0\r\n", "{a 1 b []}" },
        { "%0\r\n", "{}" },
        { ">2\r\n+hey\r\n:1\r\n", ">[hey 1]" },
        { "#t\r\n", "true" },
        { "#f\r\n", "false" },
        { ",1.5\r\n", "1.5" },
        { ",inf\r\n", "Infinity" },
        { ",-inf\r\n", "-Infinity" },
        { ",nan\r\n", "NaN" },
        { ",10\r\n", "10" },
        { "(3492890328409238509324850943850943825024385\r\n", "3492890328409238509324850943850943825024385" },
        { "(-12\r\n", "-12" },
        { "!9\r\nERR wrong\r\n", "!ERR wrong" },
        { "=8\r\ntxt:text\r\n", "\"text\"" },
        { "|1\r\n+ttl\r\n:3\r\n$1\r\na\r\n", "\"a\"" },
        { "|0\r\n:5\r\n", "5" },
        { "*2\r\n|1\r\n+a\r\n*1\r\n:9\r\n:1\r\n:2\r\n", "[1 2]" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_read(string wire, string expected)
    {
        var reader = new RespReader(Limits);
        var bytes = Encoding.UTF8.GetBytes(wire);

        var status = reader.Read(bytes, out var consumed, out var reply);

        Assert.Equal(ReadStatus.Complete, status);
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(expected, Show(reply!));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_cut_anywhere_is_read_like_a_whole_one(string wire, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(wire);

        for (var cut = 1; cut < bytes.Length; cut++)
        {
            Assert.Equal(expected, Show(ReadInPieces(bytes, cut)));
        }

        Assert.Equal(expected, Show(ReadInPieces(bytes, 1, size: 1)));
    }

    [Fact]
    public void Replies_that_follow_each_other_are_read_one_by_one()
    {
        var reader = new RespReader(Limits);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Replies.Select(static row => row.Data.Item1)));
        var position = 0;

        foreach (var row in Replies)
        {
            Assert.Equal(ReadStatus.Complete, reader.Read(bytes.AsSpan(position), out var consumed, out var reply));
            Assert.Equal(row.Data.Item2, Show(reply!));
            position += consumed;
        }

        Assert.Equal(bytes.Length, position);
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData("+OK\rx")]
    [InlineData(":\r\n")]
    [InlineData(":12x\r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData("$\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$99999999999\r\n")]
    [InlineData("$2000000\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("$?\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*99999999\r\n")]
    [InlineData("%9999999\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData(">0\r\n")]
    [InlineData("*1\r\n>1\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("#\r\n")]
    [InlineData("_x\r\n")]
    [InlineData(",\r\n")]
    [InlineData(",1.5x\r\n")]
    [InlineData("(\r\n")]
    [InlineData("(1.5\r\n")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("=8\r\ntxt.text\r\n")]
    [InlineData("!-1\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void What_is_no_reply_is_refused(string wire)
    {
        var reader = new RespReader(Limits);

        Assert.Equal(ReadStatus.Invalid, reader.Read(Encoding.UTF8.GetBytes(wire), out _, out _));
        Assert.NotEmpty(reader.Error!);
    }

    [Fact]
    public void Replies_that_are_too_deep_are_refused()
    {
        var reader = new RespReader(Limits);
        var wire = string.Concat(Enumerable.Repeat("*1\r\n", RespLimits.MaxDepth + 1));

        Assert.Equal(ReadStatus.Invalid, reader.Read(Encoding.UTF8.GetBytes(wire), out _, out _));
    }

    [Fact]
    public void A_line_without_an_end_is_refused()
    {
        var reader = new RespReader(Limits);

        Assert.Equal(ReadStatus.Invalid, reader.Read(Encoding.UTF8.GetBytes("+" + new string('a', RespLimits.MaxLine)), out _, out _));
    }

    [Fact]
    public void The_strings_of_a_reply_have_a_limit_together()
    {
        var reader = new RespReader(new RespLimits(10));

        Assert.Equal(ReadStatus.Invalid, reader.Read("*2\r\n$6\r\naaaaaa\r\n$5\r\nbbbbb\r\n"u8, out _, out _));
        Assert.Equal(ReadStatus.Complete, new RespReader(new RespLimits(10)).Read("*2\r\n$5\r\naaaaa\r\n$5\r\nbbbbb\r\n"u8, out _, out _));
    }

    [Fact]
    public void What_is_only_announced_takes_no_memory()
    {
        var reader = new RespReader(new RespLimits(int.MaxValue));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(ReadStatus.NeedsMore, reader.Read("*16000000\r\n$500000000\r\nabc"u8, out _, out _));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * 1024 * 1024);
    }

    [Fact]
    public void A_large_string_is_put_together()
    {
        var content = new byte[5_000_000];
        Random.Shared.NextBytes(content);
        byte[] wire = [.. "$5000000\r\n"u8, .. content, .. "\r\n"u8];

        var reply = ReadInPieces(wire, 3, size: 65_536, new RespLimits(10_000_000));

        Assert.True(reply.Bytes.Span.SequenceEqual(content));
    }

    internal static string Show(RedisReply reply) => reply.Kind switch
    {
        RedisReplyKind.Null => "nothing",
        RedisReplyKind.Bytes => $"\"{reply.Text}\"",
        RedisReplyKind.Boolean => reply.Number == 1 ? "true" : "false",
        RedisReplyKind.Error => $"!{reply.Text}",
        RedisReplyKind.Array or RedisReplyKind.Set => $"[{string.Join(' ', reply.Items.Select(Show))}]",
        RedisReplyKind.Map => $"{{{string.Join(' ', reply.Items.Select(Show))}}}",
        RedisReplyKind.Push => $">[{string.Join(' ', reply.Items.Select(Show))}]",
        _ => reply.Text!,
    };

    /// <summary>Hands over a first piece, and the rest in pieces of a size; what was not consumed is handed over again, as a buffer does.</summary>
    private static RedisReply ReadInPieces(byte[] wire, int first, int size = int.MaxValue, RespLimits? limits = null)
    {
        var reader = new RespReader(limits ?? Limits);
        var start = 0;
        var end = Math.Min(first, wire.Length);

        while (true)
        {
            var status = reader.Read(wire.AsSpan(start, end - start), out var consumed, out var reply);
            start += consumed;

            if (status == ReadStatus.Complete)
            {
                Assert.Equal(wire.Length, start);
                return reply!;
            }

            Assert.Equal(ReadStatus.NeedsMore, status);
            Assert.NotEqual(wire.Length, end);
            end = (int)Math.Min(wire.Length, (long)end + size);
        }
    }
}
