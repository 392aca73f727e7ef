using System.Net;
using Salon.Redis.Connections;
using Salon.Redis.Requests;
using Salon.Redis.Subscriptions;

namespace Salon.Redis.Routing;

/// <summary>Knows which server something goes to: there is one, or a cluster of them. Thread-safe.</summary>
internal interface IRouter
{
    /// <summary>Who sends commands on that a server refuses because another one has the key.</summary>
    IRedirector? Redirector { get; }

    long QueuedBytes { get; }

    long InFlight { get; }

    void Start();

    /// <summary>The slot of a command's key; -1 where it does not matter.</summary>
    int GetSlot(RedisCommand command);

    /// <summary>The server that a command goes to, if it is connected.</summary>
    DnsEndPoint? GetServer(RedisCommand command);

    /// <summary>Queues a request, or fails it at once.</summary>
    void Send(CommandRequest request);

    /// <summary>Queues a request for each server there is, replicas too.</summary>
    /// <exception cref="RedisTimeoutException">It was not known in time which those are.</exception>
    ValueTask<IReadOnlyList<CommandRequest>> SendToAllAsync(Func<CommandRequest> create, CancellationToken cancellationToken);

    /// <summary>The server that a blocking command with a key in this slot connects to.</summary>
    IEndPointSource GetSource(int slot);

    /// <summary>The connection for subscriptions to a channel; <see langword="null"/> while it is not known, until something has moved.</summary>
    SubscriptionLink? GetSubscriptionLink(SubscriptionKind kind, string channel);

    /// <summary>A server is not the right one any more: somebody should look who is.</summary>
    void OnMoved();

    /// <summary>Ends everything. What waits fails.</summary>
    Task StopAsync();
}
