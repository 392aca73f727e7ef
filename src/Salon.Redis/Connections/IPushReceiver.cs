using Salon.Redis.Subscriptions;

namespace Salon.Redis.Connections;

/// <summary>Gets what the server sends without being asked. Called on the thread that reads, in order; must not throw.</summary>
internal interface IPushReceiver
{
    /// <summary>A message that lies in the buffer of the connection, which is used again after the call.</summary>
    void OnMessage(in MessageFrame message);

    /// <summary>Anything else, and messages that came in pieces.</summary>
    void OnPush(RedisConnection connection, RedisReply push);
}
