using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>Many callers on one connection.</summary>
public class PipelineTests(SharedRedis shared) : IClassFixture<SharedRedis>
{
    private readonly RedisClient _redis = shared.Client;

    [Fact]
    public async Task A_hundred_thousand_commands_of_fifty_callers_are_answered_to_whom_they_belong()
    {
        var callers = Enumerable.Range(0, 50).Select(caller => Task.Run(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                var echoes = Enumerable.Range(0, 20)
                    .Select(index => (Text: $"{caller}-{round}-{index}", Reply: _redis.ExecuteAsync(RedisCommand.Create("ECHO", $"{caller}-{round}-{index}")).AsTask()))
                    .ToList();

                foreach (var (text, reply) in echoes)
                {
                    Assert.Equal(text, (await reply).Text);
                }
            }
        }));

        await Task.WhenAll(callers).Soon();
    }

    [Fact]
    public async Task Commands_of_one_caller_are_carried_out_in_order()
    {
        var pushes = Enumerable.Range(0, 5000).Select(number => _redis.ExecuteAsync(RedisCommand.Create("RPUSH", "in order", number)).AsTask()).ToList();
        var lengths = await Task.WhenAll(pushes).Soon();

        Assert.Equal(Enumerable.Range(1, 5000).Select(static length => (long)length), lengths.Select(static reply => reply.Number));
        var list = await _redis.ExecuteAsync(RedisCommand.Create("LRANGE", "in order", 0, -1)).AsTask().Soon();
        Assert.Equal(Enumerable.Range(0, 5000).Select(static number => (long)number), list.Items.Select(static item => item.Number));
    }

    [Fact]
    public async Task Large_and_small_commands_keep_their_order()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 200).Select(index => new byte[index % 3 == 0 ? random.Next(200_000) : random.Next(100)]).ToList();
        values.ForEach(random.NextBytes);

        var replies = await Task.WhenAll(values.Select(value => _redis.ExecuteAsync(RedisCommand.Create("ECHO", value)).AsTask())).Soon();

        Assert.All(replies.Zip(values), static pair => Assert.True(pair.First.Bytes.Span.SequenceEqual(pair.Second)));
    }

    [Fact]
    public async Task A_failing_command_fails_alone()
    {
        await _redis.SetAsync("a text", "x").Soon();
        var before = _redis.ExecuteAsync(RedisCommand.Create("ECHO", "before")).AsTask();
        var failing = _redis.ExecuteAsync(RedisCommand.Create("LPUSH", "a text", 1)).AsTask();
        var after = _redis.ExecuteAsync(RedisCommand.Create("ECHO", "after")).AsTask();

        await Assert.ThrowsAsync<RedisServerException>(() => failing.Soon());
        Assert.Equal(("before", "after"), ((await before.Soon()).Text, (await after.Soon()).Text));
    }

    [Fact]
    public async Task One_command_may_be_executed_many_times()
    {
        var command = RedisCommand.Create("INCR", "many times");

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => _redis.ExecuteAsync(command).AsTask())).Soon();

        Assert.Equal(1001, (await _redis.ExecuteAsync(command).AsTask().Soon()).Number);
    }

    [Fact]
    public async Task Cancelled_commands_do_not_shift_the_answers_of_others()
    {
        var callers = Enumerable.Range(0, 10).Select(caller => Task.Run(async () =>
        {
            for (var round = 0; round < 300; round++)
            {
                using var cancellation = new CancellationTokenSource();
                var cancelled = _redis.ExecuteAsync(RedisCommand.Create("ECHO", "cancelled"), cancellation.Token);
                var text = $"{caller}-{round}";
                var kept = _redis.ExecuteAsync(RedisCommand.Create("ECHO", text));
                await cancellation.CancelAsync();

                Assert.Equal(text, (await kept).Text);
                Assert.Equal("cancelled", await TextOf(cancelled));
            }
        }));

        await Task.WhenAll(callers).Soon();
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _redis.ExecuteAsync(RedisCommand.Create("SET", "never", 1), new CancellationToken(canceled: true)));

        Assert.Null(await _redis.GetAsync("never").Soon());
    }

    [Fact]
    public async Task A_transaction_is_one_piece()
    {
        var transactions = Enumerable.Range(0, 200).Select(_ => _redis.TransactAsync(
            [RedisCommand.Create("INCR", "one piece"), RedisCommand.Create("GET", "one piece"), RedisCommand.Create("INCR", "one piece")]));
        var others = Enumerable.Range(0, 200).Select(_ => _redis.IncrementAsync("one piece"));

        var all = Task.WhenAll(transactions.Zip(others, static (transaction, other) => (transaction, other)).Select(static async pair =>
        {
            await pair.other;
            return await pair.transaction;
        }));

        Assert.All(await all.Soon(), static replies =>
        {
            Assert.Equal(replies[0].Number, replies[1].Number);
            Assert.Equal(replies[0].Number + 1, replies[2].Number);
        });
    }

    [Fact]
    public async Task A_transaction_goes_on_after_a_command_that_fails_and_not_at_all_with_one_that_is_wrong()
    {
        await _redis.SetAsync("no list", "x").Soon();

        var replies = await _redis.TransactAsync([RedisCommand.Create("LPUSH", "no list", 1), RedisCommand.Create("SET", "went on", 1)]).Soon();
        Assert.Equal(RedisReplyKind.Error, replies[0].Kind);
        Assert.StartsWith("WRONGTYPE", replies[0].Text, StringComparison.Ordinal);
        Assert.Equal("OK", replies[1].Text);

        var wrong = await Assert.ThrowsAsync<RedisServerException>(() =>
            _redis.TransactAsync([RedisCommand.Create("SET", "not done", 1), RedisCommand.Create("GET")]));
        Assert.Contains("wrong number of arguments", wrong.Message, StringComparison.Ordinal);
        Assert.Null(await _redis.GetAsync("not done").Soon());
        Assert.Empty(await _redis.TransactAsync([]).Soon());
    }

    private static async Task<string?> TextOf(ValueTask<RedisReply> reply)
    {
        try
        {
            return (await reply).Text;
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }
}
