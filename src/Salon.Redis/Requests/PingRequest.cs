using Salon.Redis.Connections;
using Salon.Redis.Protocol;

namespace Salon.Redis.Requests;

/// <summary>Asks whether the server is alive. What counts is that something comes; the answer itself says nothing.</summary>
internal sealed class PingRequest : Request
{
    private static readonly byte[] Ping = CommandFrame.Write("PING", [], -1, out _);

    private readonly Action _onEnd;

    /// <param name="onEnd">Called when another may be sent.</param>
    public PingRequest(Action onEnd)
        : base(Ping, replies: 1)
    {
        // Due at once: if it has not been written by the next look at the clock, there is more to wait for than a ping.
        DueAt = 0;
        _onEnd = onEnd;
    }

    public override void OnReply(RedisReply reply) => _onEnd();

    public override void OnLost(ConnectionEnd end)
    {
    }

    public override void OnDue(bool wasSent, string? obstacle)
    {
        if (!wasSent)
        {
            _onEnd();
        }
    }

    public override void OnDropped()
    {
    }
}
