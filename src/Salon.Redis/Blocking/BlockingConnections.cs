using Salon.Redis.Connections;
using Salon.Redis.Requests;
using Salon.Redis.Routing;

namespace Salon.Redis.Blocking;

/// <summary>
/// Commands that wait at the server, each on a connection of its own. Connections are kept for a while, since such commands tend to
/// come again. Thread-safe.
/// </summary>
internal sealed class BlockingConnections(ClientContext context, IRouter router) : ITicking
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    private readonly IdleConnections _idle = new();
    private readonly CancellationTokenSource _stopping = new();

    public void Start() => context.Ticker.Add(this);

    public async Task<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, typeof(RedisClient));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var startedAt = context.Time.GetTimestamp();
        var backoff = new Backoff(context.Options);

        try
        {
            while (true)
            {
                var connection = await RentAsync(command, startedAt, backoff, either.Token);

                try
                {
                    return await ExecuteAsync(connection, command, either.Token);
                }
                catch (RedisServerException exception) when (Redirection.IsAboutSlots(exception.Message) && IsInTime(startedAt) && router.Redirector is not null)
                {
                    router.OnMoved();
                    await Task.Delay(backoff.Next(), context.Time, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(RedisClient));
        }
        catch (OperationCanceledException exception) when (exception.CancellationToken != cancellationToken)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    public async Task StopAsync()
    {
        context.Ticker.Remove(this);
        await _stopping.CancelAsync();
        await Task.WhenAll(_idle.Close().Select(static connection => connection.CloseAsync()));
    }

    public void OnTick(long now)
    {
        foreach (var old in _idle.TakeOld(now - context.ToTicks(IdleTime)))
        {
            // Ends by itself, and nobody waits for anything on it.
            context.Guard.Forget("BlockingConnections.OnTick", old.CloseAsync());
        }
    }

    private async Task<RedisReply> ExecuteAsync(BlockingConnection connection, RedisCommand command, CancellationToken cancellationToken)
    {
        var timeout = command.BlocksAtMost is { } atMost ? context.ToTicks(atMost) + context.CommandTimeout : long.MaxValue;
        var request = new CommandRequest(command.Name, command.Frame, 1, context.Metrics, context.Time.GetTimestamp(), timeout);
        request.CancelWith(cancellationToken);

        try
        {
            var reply = await connection.ExecuteAsync(request);
            await GiveBackAsync(connection);
            return reply;
        }
        catch (RedisServerException)
        {
            await GiveBackAsync(connection);
            throw;
        }
        catch
        {
            // The server may still be waiting, and would answer to the next command.
            await connection.CloseAsync();
            throw;
        }
    }

    private Task GiveBackAsync(BlockingConnection connection)
    {
        connection.OnIdle(context.Time.GetTimestamp());
        return _idle.TryAdd(connection) ? Task.CompletedTask : connection.CloseAsync();
    }

    private async Task<BlockingConnection> RentAsync(RedisCommand command, long startedAt, Backoff backoff, CancellationToken cancellationToken)
    {
        while (true)
        {
            var source = router.GetSource(router.GetSlot(command));

            if (_idle.TryTake(source, out var idle))
            {
                return idle;
            }

            try
            {
                var endPoint = await source.FindAsync(cancellationToken);
                var open = await context.Opener.OpenAsync(endPoint, source.Credentials, source.MustBeMaster, cancellationToken);
                return new BlockingConnection(context, source, open);
            }
            catch (ConnectFailedException exception)
            {
                context.Failures.OnFailed(exception);

                if (!IsInTime(startedAt))
                {
                    throw new RedisTimeoutException($"{command.Name} was not sent in time: not connected, since {exception.Message}.", wasSent: false);
                }
            }

            await Task.Delay(backoff.Next(), context.Time, cancellationToken);
        }
    }

    private bool IsInTime(long startedAt) => context.Time.GetElapsedTime(startedAt) < context.Options.CommandTimeout;
}
