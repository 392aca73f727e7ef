using Microsoft.Extensions.Logging.Abstractions;
using Salon.Redis.Connections;
using Salon.Redis.Requests;
using Salon.Redis.Subscriptions;
using Salon.Tests;

namespace Salon.Redis.Tests.Fast;

/// <summary>Parts of a connection: <see cref="Heartbeat"/>, <see cref="RequestWriter"/> and <see cref="ChannelTable"/>. No Redis; our clock.</summary>
[Trait("Stage", "fast")]
public sealed class ConnectionPartsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ClientContext _context;
    private readonly Wire _wire = new();
    private readonly RequestQueue _queue = new(maxBytes: 1_000_000);
    private readonly SentRequests _sent = new();
    private readonly WakeSignal _signal = new();

    public ConnectionPartsTests() => _context = new ClientContext(
        new RedisOptions { HeartbeatInterval = TimeSpan.FromSeconds(10), HeartbeatTimeout = TimeSpan.FromSeconds(5) }, NullLoggerFactory.Instance, _time);

    public void Dispose()
    {
        _context.Dispose();
        _wire.Dispose();
    }

    [Fact]
    public void A_server_is_silent_only_while_it_is_waited_for_and_for_as_long()
    {
        var heartbeat = new Heartbeat(_context);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((false, false), Look());

        heartbeat.OnWaiting();
        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal((false, false), Look());
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal((true, false), Look());
        _time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.Equal((true, false), Look());
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal((true, true), Look());

        // A handler holds the thread that reads for an hour.
        heartbeat.OnReceived();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((false, false), Look());
        heartbeat.OnWaiting();
        Assert.Equal((false, false), Look());

        // Looked at with a time from just before.
        Assert.False(heartbeat.IsPingDue(_time.GetTimestamp() - 1));

        (bool Ping, bool Dead) Look() => (heartbeat.IsPingDue(_time.GetTimestamp()), heartbeat.IsDead(_time.GetTimestamp()));
    }

    [Fact]
    public async Task What_waits_is_written_together_up_to_a_bound_and_what_is_larger_alone()
    {
        foreach (var bytes in new[] { 30_000, 30_000, 30_000, 200_000, 10, 20 })
        {
            _queue.TryAdd(new Sent(bytes));
        }

        var writing = StartWriting();
        await Eventually.Async("all is written", () => _queue.Bytes == 0);

        Assert.Equal([60_000, 30_000, 200_000, 30], _wire.Written);
        Assert.Equal(6, _sent.Count);
        _signal.End();
        Assert.Equal(ConnectionEnd.Stopped, await writing.Soon());
    }

    [Fact]
    public async Task What_is_being_written_counts_as_sent_and_holds_its_place_in_the_queue_until_it_is_written()
    {
        _wire.Network = new TaskCompletionSource();
        _queue.TryAdd(new Sent(10));
        var writing = StartWriting();
        await Eventually.Async("it is being written", () => _wire.Written.Count == 1);
        _queue.TryAdd(new Sent(20));
        _queue.TryAdd(new Sent(30));

        Assert.Equal((1, 60L), (_sent.Count, _queue.Bytes));
        _wire.Network.SetResult();

        await Eventually.Async("all is written", () => _queue.Bytes == 0);
        Assert.Equal([10, 50], _wire.Written);
        Assert.Equal(3, _sent.Count);
        _signal.End();
        await writing.Soon();
    }

    [Fact]
    public async Task A_write_that_fails_ends_the_writing_and_what_was_in_it_may_have_been_sent()
    {
        _wire.Network = new TaskCompletionSource();
        _queue.TryAdd(new Sent(10));
        var writing = StartWriting();
        await Eventually.Async("it is being written", () => _wire.Written.Count == 1);
        _queue.TryAdd(new Sent(20));
        _wire.Network.SetException(new IOException("The connection is gone."));

        await Assert.ThrowsAsync<IOException>(() => writing.Soon());

        // One is perhaps done; the other waits for the next connection.
        Assert.Equal((1, 20L), (_sent.Count, _queue.Bytes));
        Assert.Single(_queue.TakeAll());
    }

    [Fact]
    public void A_channel_is_found_by_the_bytes_of_its_name_and_its_kind_and_one_that_took_its_name_stays()
    {
        var table = new ChannelTable();
        var channels = new[] { "news", "né", "ne\u0301", "" }.SelectMany(name => Enum.GetValues<SubscriptionKind>().Select(kind => new SubscribedChannel(kind, name))).ToList();
        Assert.True(table.IsEmpty);
        channels.ForEach(table.Add);

        Assert.All(channels, channel => Assert.Same(channel, table.Find(channel.Kind, channel.NameBytes)));
        Assert.Null(table.Find(SubscriptionKind.Channel, "new"u8));
        Assert.Null(table.Find(SubscriptionKind.Channel, "newss"u8));
        Assert.Throws<ArgumentException>(() => table.Add(new SubscribedChannel(SubscriptionKind.Channel, "news")));
        Assert.Equal(channels.Count, table.All.Count());

        var (before, after) = (channels[0], new SubscribedChannel(channels[0].Kind, channels[0].Name));
        Assert.False(table.Remove(after));
        Assert.True(table.Remove(before));
        table.Add(after);
        Assert.False(table.Remove(before));
        Assert.True(table.Contains(after));
        Assert.False(table.Contains(before));

        channels[0] = after;
        Assert.All(channels, channel => Assert.True(table.Remove(channel)));
        Assert.True(table.IsEmpty);
    }

    private Task<ConnectionEnd> StartWriting()
    {
        var writing = new RequestWriter(_wire, _queue, _sent, _signal).RunAsync();
        _queue.Attach(_signal);
        return writing;
    }

    private sealed class Sent(int bytes) : Request(new byte[bytes], replies: 1)
    {
        public override void OnReply(RedisReply reply)
        {
        }

        public override void OnLost(ConnectionEnd end)
        {
        }

        public override void OnDue(bool wasSent, string? obstacle)
        {
        }

        public override void OnDropped()
        {
        }
    }

    /// <summary>Keeps how much is written at a time, and takes its time if it is told to.</summary>
    private sealed class Wire : MemoryStream
    {
        private readonly Lock _gate = new();
        private readonly List<int> _written = [];

        public TaskCompletionSource? Network { get; set; }

        public List<int> Written
        {
            get
            {
                lock (_gate)
                {
                    return [.. _written];
                }
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_gate)
            {
                _written.Add(buffer.Length);
            }

            await (Network?.Task ?? Task.CompletedTask);
        }
    }
}
