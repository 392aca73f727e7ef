using Salon.Redis.Requests;

namespace Salon.Redis.Connections;

/// <summary>What a <see cref="Link"/> is for. Called by its loop, one at a time.</summary>
internal interface ILinkUser
{
    /// <summary>Who gets what the server sends without being asked.</summary>
    IPushReceiver? Pushes { get; }

    /// <summary>What the next connection writes.</summary>
    RequestQueue GetQueue();

    /// <summary>A connection is there; it starts to work after the call.</summary>
    void OnConnected(RedisConnection connection);

    /// <summary>It is not there any more, and what was sent on it has failed.</summary>
    void OnDisconnected(ConnectionEnd end);
}
