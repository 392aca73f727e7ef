using System.Globalization;
using Salon.Benchmarks.Redis;
using Salon.Redis;

// Salon.Redis beside redis-benchmark, on the same redis-server, in turn: 50 callers with 16 commands each on their way.
var seconds = double.Parse(Environment.GetEnvironmentVariable("SECONDS_EACH") ?? "3", CultureInfo.InvariantCulture);
var rounds = int.Parse(Environment.GetEnvironmentVariable("ROUNDS") ?? "3", CultureInfo.InvariantCulture);

using var server = LocalRedis.Start();
await using var redis = new RedisClient(RedisOptions.Parse($"redis://127.0.0.1:{server.Port}"));
var load = new Load(redis);

await load.RunAsync(Operation.Set, TimeSpan.FromSeconds(seconds));
await load.RunAsync(Operation.Get, TimeSpan.FromSeconds(seconds));

foreach (var operation in new[] { Operation.Set, Operation.Get })
{
    var ours = new List<LoadResult>();
    var theirs = new List<double>();

    for (var round = 0; round < rounds; round++)
    {
        theirs.Add(await server.BenchmarkAsync(operation, seconds));
        ours.Add(await load.RunAsync(operation, TimeSpan.FromSeconds(seconds)));
    }

    // The middle of each.
    var mine = ours.OrderBy(static result => result.Rate).ElementAt(rounds / 2);
    var other = theirs.Order().ElementAt(rounds / 2);
    Console.WriteLine(
        $"{operation}: redis-benchmark {other:N0}/s, Salon.Redis {mine.Rate:N0}/s, ratio {other / mine.Rate:0.00}; "
        + $"of Salon.Redis, {mine.Microseconds:0.00} us of processor time and {mine.Bytes:0} bytes allocated a command");
}
