using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Salon.Tests;

namespace Salon.Redis.Tests;

/// <summary>What can be measured and traced.</summary>
public class DiagnosticsTests(SharedRedis shared) : IClassFixture<SharedRedis>
{
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measurements = new();

    [Fact]
    public async Task Commands_errors_messages_and_reconnects_are_counted()
    {
        using var listener = Listen();
        await using var server = await RedisServer.StartAsync();
        await using var client = new TestClient(server);
        client.Logs.Expect("was lost");
        await using var subscription = await client.Redis.SubscribeAsync("counted", static _ => { }).Soon();
        await client.Redis.ExecuteAsync(RedisCommand.Create("SETRANGE", "counted", 0, "x")).AsTask().Soon();
        await Assert.ThrowsAsync<RedisServerException>(() => client.Redis.ExecuteAsync(RedisCommand.Create("LPUSHX", "counted", 0)).AsTask().Soon());
        await client.Redis.PublishAsync("counted", default).Soon();
        await server.CommandAsync("CLIENT KILL TYPE normal");

        await Eventually.Async("all is counted", () =>
            Has("salon.redis.commands", "SETRANGE")
            && Has("salon.redis.errors", "LPUSHX server")
            && Has("db.client.operation.duration", "redis SETRANGE")
            && Has("salon.redis.messages", "")
            && Has("salon.redis.reconnects", "commands"));
    }

    [Fact]
    public async Task What_waits_can_be_seen()
    {
        using var listener = Listen();
        await using var client = new TestClient(TestClient.Quick($"redis://127.0.0.1:{Repository.FindFreePort()}"));
        client.Logs.Expect("cannot be reached");
        var setting = client.Redis.SetAsync("a", new byte[7777]);

        listener.RecordObservableInstruments();

        Assert.Contains(_measurements, static measurement => measurement is { Name: "salon.redis.queued", Value: > 7777 });
        Assert.Contains(_measurements, static measurement => measurement.Name == "salon.redis.in_flight");
        await client.Redis.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => setting);
    }

    [Fact]
    public async Task Commands_are_traced_without_their_arguments()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Salon.Redis",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        // Before there is a connection, nobody knows to which server a command will go.
        await Eventually.Async("it is connected", () => shared.Client.State == RedisState.Connected);
        await shared.Client.ExecuteAsync(RedisCommand.Create("SETRANGE", "traced", 0, "hidden")).AsTask().Soon();
        await Assert.ThrowsAsync<RedisServerException>(() => shared.Client.ExecuteAsync(RedisCommand.Create("RPUSHX", "traced", 0)).AsTask().Soon());

        var success = Assert.Single(activities, static activity => activity.DisplayName == "SETRANGE");
        Assert.Equal(ActivityKind.Client, success.Kind);
        Assert.Equal("redis", success.GetTagItem("db.system.name"));
        Assert.Equal("SETRANGE", success.GetTagItem("db.operation.name"));
        Assert.Equal(shared.Server.Port, success.GetTagItem("server.port"));
        Assert.DoesNotContain(success.TagObjects, static tag => tag.Value is string text && (text.Contains("traced", StringComparison.Ordinal) || text.Contains("hidden", StringComparison.Ordinal)));
        var failure = Assert.Single(activities, static activity => activity.DisplayName == "RPUSHX");
        Assert.Equal((ActivityStatusCode.Error, "WRONGTYPE"), (failure.Status, failure.GetTagItem("error.type")));
    }

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Salon.Redis")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measurements.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(static tag => tag.Value))));

    private bool Has(string name, string tags) => _measurements.Any(measurement => measurement.Name == name && measurement.Tags == tags);
}
