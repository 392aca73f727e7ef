using System.Diagnostics;
using Salon.Redis;

namespace Salon.Benchmarks.Redis;

/// <summary>Callers that keep commands on their way.</summary>
internal sealed class Load(RedisClient redis)
{
    private const int Callers = 50;
    private const int Depth = 16;

    private static readonly byte[] Value = "xxx"u8.ToArray();

    public async Task<LoadResult> RunAsync(Operation operation, TimeSpan time)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        double count = (await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => CallAsync(operation, watch, time))))).Sum();

        return new LoadResult(
            count / watch.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / count,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / count);
    }

    private async Task<long> CallAsync(Operation operation, Stopwatch watch, TimeSpan time)
    {
        var waiting = new Queue<ValueTask<RedisReply>>(Depth);
        var count = 0L;

        while (watch.Elapsed < time)
        {
            for (var i = 0; i < Depth; i++)
            {
                // Each is awaited once, below.
#pragma warning disable CA2012
                waiting.Enqueue(redis.ExecuteAsync(operation == Operation.Set
                    ? RedisCommand.Create("SET", "key:__rand_int__", Value)
                    : RedisCommand.Create("GET", "key:__rand_int__")));
#pragma warning restore CA2012
            }

            while (waiting.TryDequeue(out var next))
            {
                await next;
                count++;
            }
        }

        return count;
    }
}
