using System.Collections.Concurrent;
using Salon.Redis;
using Salon.SocketIO.Redis.Forwarding;
using Salon.Tests;

namespace Salon.SocketIO.Redis.Tests;

/// <summary>A server of a cluster that is none: it says about requests what the test wants, and keeps what comes back.</summary>
internal sealed class ForwardPeer : IAsyncDisposable
{
    /// <summary>Its id, which the ids of its sessions are signed with.</summary>
    public const string Id = "abcdef0123456789";

    private readonly RedisClient _redis;
    private readonly ConcurrentQueue<ForwardMessage> _received = new();
    private RedisSubscription? _subscription;

    private ForwardPeer(RedisServer redis) => _redis = new RedisClient(RedisOptions.Parse(redis.Url));

    public IReadOnlyCollection<ForwardMessage> Received => _received;

    public static async Task<ForwardPeer> JoinAsync(RedisServer redis, ClusterServer server)
    {
        var peer = new ForwardPeer(redis);
        peer._subscription = await peer._redis.SubscribeAsync($"socket.io-http#{Id}#", message => peer._received.Enqueue(ForwardCodec.Decode(message.Payload.Span)));
        await redis.CommandAsync($"ZADD socket.io:members 9999999999999 {Id}");
        await Eventually.Async("it is a member", () => server.Members.Others.Contains(Id));

        // What is said to a server that does not listen yet is lost, and a peer says most things once.
        await Eventually.Async("the server listens", async () => await peer._redis.CountSubscribersAsync($"socket.io-http#{server.Members.Self}#") == 1);
        return peer;
    }

    public Task SendAsync(ClusterServer server, ForwardMessage message) =>
        _redis.PublishAsync($"socket.io-http#{server.Members.Self}#", ForwardCodec.Encode(message));

    /// <summary>Forwards a request of a session's client.</summary>
    public Task RequestAsync(ClusterServer server, ulong id, RawPollingClient client, string method, string body = "") =>
        SendAsync(server, new ForwardMessage(ForwardKind.Request, Id, id)
        {
            Request = new RequestHead(method, "http", "localhost", "/socket.io/", client.Url[client.Url.IndexOf('?', StringComparison.Ordinal)..], ""),
            Body = System.Text.Encoding.UTF8.GetBytes(body),
        });

    public Task SayAsync(ClusterServer server, ForwardKind kind, ulong id) => SendAsync(server, new ForwardMessage(kind, Id, id));

    public Task WaitForAsync(ForwardKind kind, int count = 1) =>
        Eventually.Async($"{count} times {kind}", () => _received.Count(message => message.Kind == kind) >= count);

    public async ValueTask DisposeAsync()
    {
        await _subscription!.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
