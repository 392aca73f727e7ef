using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Salon.Redis.Blocking;
using Salon.Redis.Connections;
using Salon.Redis.Diagnostics;
using Salon.Redis.Requests;
using Salon.Redis.Routing;
using Salon.Redis.Subscriptions;

namespace Salon.Redis;

/// <summary>
/// A client for Redis. It connects by itself, and again whenever the connection is lost. All commands share one connection and leave in as few
/// writes as possible, so one client serves a whole program; subscriptions have a second connection, and commands that wait at the server
/// one each. Thread-safe.
/// </summary>
/// <example><code>
/// await using var redis = new RedisClient(RedisOptions.Parse("redis://localhost"));
/// await redis.SetAsync("greeting", "hello");
/// await using var news = await redis.SubscribeAsync("news", message => Console.WriteLine(message.Payload.Length));
/// </code></example>
public sealed class RedisClient : IAsyncDisposable
{
    private readonly ClientContext _context;
    private readonly StateEvents _state;
    private readonly IRouter _router;
    private readonly BlockingConnections _blocking;
    private readonly SubscriptionHub _subscriptions;
    private int _isDisposed;

    /// <summary>Creates a client, which starts to connect in the background. It need not be there yet.</summary>
    /// <param name="options">Where Redis is, and how patient the client is.</param>
    /// <param name="loggers">Gets what happens to the connections, under <c>Salon.Redis</c>; nobody by default.</param>
    /// <param name="time">The clock; the machine's by default.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message says all that is wrong.</exception>
    public RedisClient(RedisOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        RedisOptionsCheck.Check(options);

        _context = new ClientContext(options, loggers ?? NullLoggerFactory.Instance, time ?? TimeProvider.System);
        _state = new StateEvents(_context.Guard);
        _router = Routers.Create(_context, _state, () => _subscriptions?.Reassign());
        _blocking = new BlockingConnections(_context, _router);
        _subscriptions = new SubscriptionHub(_context, _router);
        _context.Metrics.Observe(() => _router.QueuedBytes, () => _router.InFlight);

        _router.Start();
        _blocking.Start();
    }

    /// <summary>Raised when <see cref="State"/> has changed: in order, one at a time, on a thread of the pool. Exceptions are logged.</summary>
    public event Action<RedisState>? StateChanged
    {
        add => _state.Changed += value;
        remove => _state.Changed -= value;
    }

    /// <summary>Whether commands reach Redis at this moment.</summary>
    public RedisState State => _state.Current;

    /// <summary>
    /// Executes a command. While Redis is away it waits, for <see cref="RedisOptions.CommandTimeout"/> at most. Commands of one thread are carried
    /// out in the order in which they were given, as long as they concern one server and none is blocking. The result may be awaited once.
    /// </summary>
    /// <param name="command">The command. Those that belong to a connection, such as <c>SELECT</c>, <c>MULTI</c> or <c>SUBSCRIBE</c>, are not taken.</param>
    /// <param name="cancellationToken">Gives up; a command that was sent may be carried out nevertheless.</param>
    /// <exception cref="ArgumentException">The command would change the connection for others.</exception>
    /// <exception cref="RedisServerException">Redis answered with an error.</exception>
    /// <exception cref="RedisConnectionException">The connection was lost after the command was sent: it may have been carried out.</exception>
    /// <exception cref="RedisTimeoutException">There was no answer in time.</exception>
    /// <exception cref="RedisBusyException">Too much waits already.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken = default)
    {
        Check(command);

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RedisReply>(cancellationToken);
        }

        if (RedisTracing.IsOn)
        {
            return new ValueTask<RedisReply>(RedisTracing.TraceAsync(
                command.Name,
                _context.Options,
                _router.GetServer(command),
                () => SendAsync(command, cancellationToken).AsTask()));
        }

        return SendAsync(command, cancellationToken);
    }

    /// <summary>
    /// Executes commands as one: nothing of others comes between them, and if one is not understood, none is carried out. In a cluster, all
    /// keys must be in one slot.
    /// </summary>
    /// <param name="commands">The commands, in order. Those that would block do not.</param>
    /// <param name="ct">Gives up; what was sent may be carried out nevertheless.</param>
    /// <returns>An answer for each. One that fails while others succeed is answered by a reply of the kind <see cref="RedisReplyKind.Error"/>.</returns>
    /// <inheritdoc cref="ExecuteAsync" path="/exception"/>
    public async Task<IReadOnlyList<RedisReply>> TransactAsync(IReadOnlyList<RedisCommand> commands, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(commands);
        ct.ThrowIfCancellationRequested();

        foreach (var command in commands)
        {
            Check(command);
        }

        if (commands.Count == 0)
        {
            return [];
        }

        // MULTI is answered, each command is, and EXEC with all of the results.
        var slot = commands.Select(_router.GetSlot).FirstOrDefault(static slot => slot >= 0, -1);
        var request = CreateRequest("MULTI", TransactionFrame.Of(commands), commands.Count + 2, slot);
        request.CancelWith(ct);
        _router.Send(request);
        return (await request.Result).Items;
    }

    /// <summary>
    /// Subscribes to a channel. When Redis is away, this waits until it is back; a lost connection does not end the subscription.
    /// </summary>
    /// <param name="channel">The name of the channel.</param>
    /// <param name="onMessage">
    /// Called for each message, in order, on the thread that reads: it must be quick, and copy what it keeps. An exception is logged and
    /// changes nothing.
    /// </param>
    /// <param name="ct">Gives up, before the server has confirmed it.</param>
    /// <returns>The subscription, once the server has confirmed it. Disposing it ends it.</returns>
    /// <exception cref="RedisServerException">Redis refuses it.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task<RedisSubscription> SubscribeAsync(string channel, Action<RedisMessage> onMessage, CancellationToken ct = default) =>
        SubscribeAsync(SubscriptionKind.Channel, channel, onMessage, ct);

    /// <summary>Subscribes to all channels whose names match, such as <c>news.*</c>.</summary>
    /// <param name="pattern">The pattern, with <c>*</c>, <c>?</c> and <c>[…]</c>.</param>
    /// <param name="onMessage">As of <see cref="SubscribeAsync(string, Action{RedisMessage}, CancellationToken)"/>.</param>
    /// <param name="ct">Gives up, before the server has confirmed it.</param>
    /// <returns>The subscription, once the server has confirmed it. Disposing it ends it.</returns>
    /// <exception cref="RedisServerException">Redis refuses it.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task<RedisSubscription> SubscribePatternAsync(string pattern, Action<RedisMessage> onMessage, CancellationToken ct = default) =>
        SubscribeAsync(SubscriptionKind.Pattern, pattern, onMessage, ct);

    /// <summary>
    /// Subscribes to a sharded channel (Redis 7), whose messages stay with the servers of its slot. When the slot moves to another server, so does
    /// the subscription, and <see cref="RedisSubscription.Resumed"/> is raised.
    /// </summary>
    /// <inheritdoc cref="SubscribeAsync(string, Action{RedisMessage}, CancellationToken)"/>
    public Task<RedisSubscription> SubscribeShardedAsync(string channel, Action<RedisMessage> onMessage, CancellationToken ct = default) =>
        SubscribeAsync(SubscriptionKind.Sharded, channel, onMessage, ct);

    /// <summary>Closes all connections. Commands that wait for an answer fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _subscriptions.Close();
        await _blocking.StopAsync();
        await _router.StopAsync();
        _state.Set(RedisState.Disconnected);
        _context.Dispose();
    }

    /// <summary>Executes a command on every server that there is, replicas too.</summary>
    internal async Task<IReadOnlyList<RedisReply>> ExecuteEverywhereAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        var requests = await _router.SendToAllAsync(Create, cancellationToken);
        var replies = new List<RedisReply>();

        foreach (var request in requests)
        {
            replies.Add(await request.Result);
        }

        return replies;

        CommandRequest Create()
        {
            var request = CreateRequest(command.Name, command.Frame, 1, -1);
            request.CancelWith(cancellationToken);
            return request;
        }
    }

    private static void Check(RedisCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);

        if (command.Traits.ChangesConnection)
        {
            throw new ArgumentException($"{command.Name} would change the connection for all who share it.", nameof(command));
        }
    }

    private Task<RedisSubscription> SubscribeAsync(SubscriptionKind kind, string name, Action<RedisMessage> onMessage, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(onMessage);
        return _subscriptions.SubscribeAsync(kind, name, onMessage, ct);
    }

    private ValueTask<RedisReply> SendAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        if (command.IsBlocking)
        {
            return new ValueTask<RedisReply>(_blocking.ExecuteAsync(command, cancellationToken));
        }

        var request = CreateRequest(command.Name, command.Frame, 1, _router.GetSlot(command));
        request.CancelWith(cancellationToken);
        _router.Send(request);
        return request.Result;
    }

    private CommandRequest CreateRequest(string name, byte[] frame, int replies, int slot) =>
        new(name, frame, replies, _context.Metrics, _context.Time.GetTimestamp(), _context.CommandTimeout) { Slot = slot, Redirector = _router.Redirector };
}
