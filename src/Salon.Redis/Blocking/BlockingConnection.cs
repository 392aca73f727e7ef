using Salon.Redis.Connections;
using Salon.Redis.Requests;

namespace Salon.Redis.Blocking;

/// <summary>A connection that carries one command at a time. Whoever rents it from the <see cref="BlockingConnections"/> owns it meanwhile.</summary>
internal sealed class BlockingConnection
{
    private readonly RequestQueue _queue = new(long.MaxValue);
    private readonly RedisConnection _connection;
    private readonly Task<ConnectionEnd> _running;

    /// <param name="context">What the client's parts share.</param>
    /// <param name="source">Who named the server.</param>
    /// <param name="open">The connection to it.</param>
    public BlockingConnection(ClientContext context, IEndPointSource source, OpenConnection open)
    {
        Source = source;
        _connection = new RedisConnection(context, open, _queue, pushes: null) { MaySleep = true };
        _running = RunAsync();
    }

    public IEndPointSource Source { get; }

    public bool IsAlive => !_running.IsCompleted;

    /// <summary>When it was given back, in ticks of the clock.</summary>
    public long IdleSince { get; private set; }

    public async Task<RedisReply> ExecuteAsync(CommandRequest request)
    {
        _connection.MaySleep = true;

        if (_queue.TryAdd(request) == AddResult.Closed)
        {
            request.OnLost(await _running);
        }

        return await request.Result;
    }

    /// <summary>Nobody uses it: like any other, it is asked now and then whether it lives.</summary>
    public void OnIdle(long now)
    {
        IdleSince = now;
        _connection.MaySleep = false;
    }

    /// <summary>Ends it; the server notices, and stops to wait.</summary>
    public Task CloseAsync()
    {
        _connection.Abort(ConnectionEnd.Stopped);
        return _running;
    }

    private async Task<ConnectionEnd> RunAsync()
    {
        var end = await _connection.RunAsync();

        foreach (var waiting in _queue.TakeAll(close: true))
        {
            waiting.OnLost(end);
        }

        return end;
    }
}
